import { visible } from '../../explorer/text/visible.ts';
import type { CliIo } from '../io.ts';
import { createStyle, type Style } from '../terminal/style.ts';
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
  if (plan.names.length === 0) lines.push('  it has no MCP servers');
  else if (changesOf(plan) === 0) lines.push(`  nothing to ${task}`);
  const head = style(visible(path), 'bold');
  io.stdout.write(`${[title === undefined ? head : `${head} (${title})`, ...lines].join('\n')}\n`);
}

function linesOf({ name, of, line, outcome }: PlannedServer, style: Style): string[] {
  const head = `  ${visible(name)}${of === undefined ? '' : ` of ${visible(of)}`}, line ${line}`;
  if ('left' in outcome) return [`${head}: ${style(`left as it is: ${visible(outcome.left)}`, 'dim')}`];
  const lines = [
    head,
    style(`  - ${shownWords(outcome.before)}`, 'red'),
    style(`  + ${shownWords(outcome.after)}`, 'green'),
  ];
  const { proxied } = outcome;
  if (proxied === undefined) return lines;
  const { port } = new URL(proxied.address);
  const start = `mcp-sessionscope proxy --to ${shownPlace(proxied.to)}${port === '' ? '' : ` --port ${port}`}`;
  return [...lines, `    start it with: ${start}`];
}
