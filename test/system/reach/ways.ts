import { mkdtemp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Check, some } from '../../../tools/support/checks.ts';
import { whileListening } from '../../../tools/support/listening-server.ts';
import { freePort } from '../../../tools/support/ports.ts';
import { differences } from './answers.ts';
import { problemsWith, spansIn } from './recording.ts';
import type { Server } from './servers.ts';
import {
  cliOf,
  type Launch,
  launchOf,
  registered,
  type Stage,
  scriptOf,
  type Taps,
  tapped,
} from './stage.ts';
import { type Script, total, type Visit, visit } from './visit.ts';

/** How a server is visited. */
export type Way = 'bare' | 'register' | 'run' | 'proxy';

/** Whether a server can be visited in a way. */
export function allows({ over, runs }: Server, way: Way): boolean {
  if (way === 'register') return 'package' in runs;
  return way === 'bare' || way === (over === 'stdio' ? 'run' : 'proxy');
}

/** As its users start it. */
export async function visitBare(stage: Stage, server: Server): Promise<Visit> {
  return visitLaunched(stage, server, (launch) => launch);
}

/** Answers as bare, and a recording of what the client counted. */
export async function checkWay(
  way: Exclude<Way, 'bare'>,
  stage: Stage,
  server: Server,
  bare: Visit,
): Promise<Check[]> {
  const recording = await mkdtemp(path.join(stage.scratch, `${way}-`));
  if (way === 'register') {
    const seen = await visitLaunched(stage, server, (launch) => registered(launch, recording));
    return compare(bare, seen, recording);
  }
  if (way === 'proxy') return checkProxied(stage, server, bare, recording);
  const taps = { client: path.join(recording, 'client'), server: path.join(recording, 'server') };
  const seen = await visitLaunched(stage, server, (launch) => tapped(stage, launch, { ...taps, recording }));
  return [...(await compare(bare, seen, recording)), await compareTaps(taps)];
}

async function checkProxied(stage: Stage, server: Server, bare: Visit, recording: string): Promise<Check[]> {
  const port = await freePort();
  const launch = await launchOf(stage, server, port);
  const visited = whileListening(listening(stage, launch, port), (url) =>
    visitProxied(stage, addressOf(server, url), scriptOf(stage, server), recording),
  );
  return compare(bare, (await visited).result, recording);
}

/** Visits an address through `proxy`. */
export async function visitProxied(
  stage: Stage,
  url: URL,
  script: Script,
  recording: string,
): Promise<Visit> {
  const { result, output } = await throughProxy(stage, url, recording, (proxied) => visit(proxied, script));
  return { ...result, stderr: output };
}

/** Does something with the address of a `proxy` to another. */
export async function throughProxy<T>(
  stage: Stage,
  url: URL,
  recording: string,
  work: (proxied: URL) => Promise<T>,
): Promise<{ result: T; output: string }> {
  const port = await freePort();
  const args = [cliOf(stage), 'proxy', '--to', url.href, '--port', port, '--dir', recording];
  const env = { PATH: process.env['PATH'] ?? '', HOME: recording };
  return whileListening(
    { command: process.execPath, args, cwd: recording, env, port, signal: stage.signal },
    () => work(new URL(url.pathname, `http://127.0.0.1:${port}`)),
  );
}

/** Visits a server over what it speaks, started in some way. */
async function visitLaunched(
  stage: Stage,
  server: Server,
  inWay: (launch: Launch) => Launch,
): Promise<Visit> {
  if (server.over === 'stdio') {
    const { command, args, env, cwd } = inWay(await launchOf(stage, server));
    return visit({ command, args: [...args], env: { ...env }, cwd }, scriptOf(stage, server));
  }
  const port = await freePort();
  const launch = inWay(await launchOf(stage, server, port));
  const { result, output } = await whileListening(listening(stage, launch, port), (url) =>
    visit(addressOf(server, url), scriptOf(stage, server)),
  );
  return { ...result, stderr: output };
}

function addressOf({ path: at }: Server, url: URL): URL {
  return at === undefined ? url : new URL(at, url);
}

function listening({ signal }: Stage, { command, args, cwd, env }: Launch, port: string) {
  return { command, args: [...args], cwd, env: { ...env }, port, signal };
}

/** That one visit was answered as the other, and that it was recorded. */
export async function compare(bare: Visit, seen: Visit, recording: string): Promise<Check[]> {
  const changed = differences(bare, seen);
  const spans = await spansIn(recording);
  const said = seen.stderr
    .split('\n')
    .filter((line) => /mcp-sessionscope: (?!listens on|passes on)/.test(line));
  const problems = [...problemsWith(spans, seen.counted), ...said];
  const asked = `${total(seen.counted)} requests, ${seen.counted.errors} of which fail`;
  return [
    { ok: changed.length === 0, name: 'answers as bare', found: some(changed) || asked },
    {
      ok: problems.length === 0,
      name: 'recorded as counted',
      found: some(problems) || `${spans.length} spans`,
    },
  ];
}

/** That both taps saw the same, byte for byte, and the same end. */
async function compareTaps(taps: Taps): Promise<Check> {
  const problems: string[] = [];
  const sizes: number[] = [];
  for (const name of ['in', 'out', 'end']) {
    const [outer, inner] = [await keptIn(taps.client, name), await keptIn(taps.server, name)];
    if (!outer.equals(inner) || outer.length === 0)
      problems.push(
        `${name}: ${describe(outer, name)} at the client, ${describe(inner, name)} at the server`,
      );
    sizes.push(outer.length);
  }
  const [toServer = 0, toClient = 0] = sizes;
  return {
    ok: problems.length === 0,
    name: 'byte for byte',
    found: some(problems) || `${toServer} bytes there, ${toClient} back`,
  };
}

function keptIn(folder: string, name: string): Promise<Buffer> {
  return readFile(path.join(folder, name)).catch(() => Buffer.alloc(0));
}

function describe(kept: Buffer, name: string): string {
  return name === 'end' ? `"${kept.toString()}"` : `${kept.length} bytes`;
}
