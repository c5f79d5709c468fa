import { shellWord } from '../../explorer/text/shell-word.ts';
import { visible } from '../../explorer/text/visible.ts';
import type { CliIo } from '../io.ts';
import { createStyle, type Style } from '../terminal/style.ts';
import type { Proxied } from './outcome.ts';
import type { Plan, PlannedServer } from './plan.ts';
import { shownPlace, shownWords } from './shown.ts';

export type Task = 'wrap' | 'unwrap';

export function changesOf({ servers }: Plan): number {
  return servers.filter(({ outcome }) => 'edits' in outcome).length;
}

/** Says what would become of a file: of each server the command as it is and as it will be, and nothing else of it. */
export function writePlan(task: Task, title: string | undefined, path: string, plan: Plan, io: CliIo): void {
  const style = createStyle(io);
  const lines = plan.servers.flatMap((server) => linesOf(server, style));
  if (plan.names.length === 0) lines.push(`  ${nothingIn(plan)}`);
  else if (changesOf(plan) === 0) lines.push(`  nothing to ${task}`);
  const head = style(visible(path), 'bold');
  io.stdout.write(`${[title === undefined ? head : `${head} (${title})`, ...lines].join('\n')}\n`);
}

function nothingIn({ otherForm }: Plan): string {
  if (otherForm === undefined) return 'it has no MCP servers';
  return `line ${otherForm} may have MCP servers, in a form that is not known here: mcpServers, servers and mcp_servers are`;
}

function linesOf({ name, of, line, outcome }: PlannedServer, style: Style): string[] {
  const head = `  ${visible(name)}${of === undefined ? '' : ` of ${visible(of)}`}, line ${line}`;
  if ('left' in outcome) return [`${head}: ${style(`left as it is: ${visible(outcome.left)}`, 'dim')}`];
  const lines = [
    head,
    style(`  - ${shownWords(outcome.before)}`, 'red'),
    style(`  + ${shownWords(outcome.after)}`, 'green'),
  ];
  return outcome.proxied === undefined ? lines : [...lines, ...proxyLines(outcome.proxied)];
}

/** The command can be copied, but for what of a URL may be secret. */
function proxyLines({ to, address, dir }: Proxied): string[] {
  const { protocol, port } = new URL(address);
  // What stands on the usual port of https is something before the proxy.
  const listens = port === '' ? (protocol === 'http:' ? ' --port 80' : '') : ` --port ${port}`;
  const place = shownPlace(to);
  const folder = dir === undefined ? '' : ` --dir ${shellWord(dir)}`;
  const command = `npx -y mcp-sessionscope proxy --to ${shellWord(place)}${listens}${folder}`;
  const line = `    start it with: ${visible(command)}`;
  if (place === to) return [line];
  return [line, `    and put in, for ${place}, the URL as the file has it, without user and password`];
}
