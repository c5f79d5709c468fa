import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Check, some } from '../../../tools/support/checks.ts';
import { chunksOf, type Flow, requestsIn } from './chaos-flow.ts';
import type { Heard, ServerJob } from './programs/chaos-server.ts';
import { callsIn, spansIn } from './recording.ts';
import { cliOf, type Stage } from './stage.ts';

/** What both sides do. */
interface Scene {
  readonly name: string;
  readonly client: Flow;
  readonly server: Flow;
  /** Who does not read until the other can write no more. */
  readonly slow?: 'client' | 'server';
}

const SERVER = fileURLToPath(new URL('programs/chaos-server.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
const LARGE = 50_000_000;
const FLOOD = 64 * 1024 * 1024;
/** What may be on its way between two that do not read: buffers of pipes and streams. */
const MOST_ON_THE_WAY = 8 * 1024 * 1024;
const MOST_MEMORY_MIB = 256;
/** For each direction: that there are lines that are no JSON, and lines too long to be read. */
const MOST_TOLD = 4;
const EXIT_CODE = 7;
/** One that has written nothing for so long waits. */
const WAITS_MS = 500;
const LONGEST_MS = 120_000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Behind `run`, every byte arrives in both directions, whatever is written and whenever it is read. */
export async function checkChaos(stage: Stage, isShort: boolean): Promise<Check[]> {
  const checks: Check[] = [];
  for (const scene of scenes(isShort ? 3 : 20)) {
    stage.signal.throwIfAborted();
    checks.push(await checkScene(stage, scene));
  }
  return checks;
}

function scenes(seeds: number): Scene[] {
  const plain = (seed: number): Flow => ({ seed, lines: 400 });
  return [
    ...Array.from({ length: seeds }, (_, index): Scene => {
      const flow: Flow = { ...plain(index + 1), isCutOff: true };
      return { name: `lines of all kinds in random chunks, seed ${flow.seed}`, client: flow, server: flow };
    }),
    {
      name: 'lines of 50 MB',
      client: { ...plain(1), large: LARGE },
      server: { ...plain(2), large: LARGE, isCutOff: true },
    },
    {
      name: 'a server that reads late',
      client: { ...plain(3), flood: FLOOD },
      server: plain(3),
      slow: 'server',
    },
    {
      name: 'a client that reads late',
      client: plain(4),
      server: { ...plain(4), flood: FLOOD },
      slow: 'client',
    },
  ];
}

async function checkScene(stage: Stage, scene: Scene): Promise<Check> {
  const recording = await mkdtemp(path.join(stage.scratch, 'chaos-'));
  const at = (name: string): string => path.join(recording, name);
  const job: ServerJob = {
    flow: scene.server,
    report: at('report'),
    progress: at('progress'),
    ...(scene.slow === 'server' && { readsAfter: at('go') }),
    exitCode: EXIT_CODE,
  };
  const server = [process.execPath, '--import', TSX, SERVER, JSON.stringify(job)];
  const args = [cliOf(stage), 'run', '--dir', recording, '--', ...server];
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: AbortSignal.any([stage.signal, AbortSignal.timeout(LONGEST_MS)]),
    killSignal: 'SIGKILL',
  });
  child.on('error', () => {});
  const { heard, memoryMib, stderr, code, waiting } = await play(child, scene, job, at('go'));
  const report = existsSync(job.report)
    ? (JSON.parse(await readFile(job.report, 'utf8')) as Heard)
    : { bytes: 0, sha256: '' };
  const calls = callsIn(await spansIn(recording));
  const told = stderr.split('\n').filter((line) => line.includes('mcp-sessionscope:'));
  const problems = [
    ...unequal('to the server', report, scene.client, 'client'),
    ...unequal('to the client', heard, scene.server, 'server'),
    ...(code === EXIT_CODE ? [] : [`exit code ${code} instead of ${EXIT_CODE}`]),
    ...(memoryMib < MOST_MEMORY_MIB ? [] : [`${memoryMib} MiB of memory`]),
    ...(waiting < MOST_ON_THE_WAY ? [] : [`${waiting} bytes taken from a writer whose reader does not read`]),
    ...(calls === requestsIn(scene.client) ? [] : [`${calls} calls recorded of ${requestsIn(scene.client)}`]),
    ...(told.some((line) => line.includes('no JSON')) ? [] : ['of lines that are no JSON nothing is told']),
    ...(new Set(told).size === told.length && told.length <= MOST_TOLD ? [] : told),
  ];
  const held = waiting > 0 ? `, ${waiting} taken while nobody read` : '';
  const found = `${report.bytes} bytes there, ${heard.bytes} back${held}, ${memoryMib} MiB of memory`;
  return { ok: problems.length === 0, name: `chaos, ${scene.name}`, found: some(problems) || found };
}

/** Writes, reads, and lets the slow one begin once the other waits. */
async function play(child: Child, { client, slow }: Scene, job: ServerJob, go: string) {
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').then(([code]) => code as number | null);
  let written = 0;
  const writing = write(child.stdin, client, (bytes) => {
    written = bytes;
  });
  let waiting = 0;
  if (slow === 'server') {
    waiting = await untilStill(() => written);
    writeFileSync(go, '');
  } else if (slow === 'client') {
    waiting = await untilStill(() =>
      existsSync(job.progress) ? Number(readFileSync(job.progress, 'utf8')) : 0,
    );
  }
  let memoryMib = 0;
  const heard = await read(child.stdout, () => {
    memoryMib = Math.max(memoryMib, memoryOf(child.pid));
  });
  await writing;
  return { heard, memoryMib, stderr, code: await ended, waiting };
}

/** Tells how many bytes it has taken to write. */
async function write(to: Writable, flow: Flow, tell: (bytes: number) => void): Promise<void> {
  let bytes = 0;
  const chunks = function* (): Generator<Buffer> {
    for (const chunk of chunksOf(flow, 'client')) {
      bytes += chunk.length;
      tell(bytes);
      yield chunk;
    }
  };
  // What did not arrive, the other side tells.
  await pipeline(chunks, to).catch(() => {});
}

async function read(from: Readable, tell: () => void): Promise<Heard> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of from) {
    hash.update(chunk);
    bytes += chunk.length;
    tell();
  }
  return { bytes, sha256: hash.digest('hex') };
}

function unequal(where: string, heard: Heard, flow: Flow, side: 'client' | 'server'): string[] {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const chunk of chunksOf(flow, side)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  if (hash.digest('hex') === heard.sha256) return [];
  return [`${where}: ${heard.bytes} bytes${heard.bytes === bytes ? ', but others' : ` instead of ${bytes}`}`];
}

/** The number, once it is above 0 and has not grown for a while. */
async function untilStill(count: () => number): Promise<number> {
  for (let [last, since] = [0, performance.now()]; ; ) {
    const now = count();
    if (now !== last) [last, since] = [now, performance.now()];
    else if (now > 0 && performance.now() - since > WAITS_MS) return now;
    await delay(20);
  }
}

/** The most that a process has had in memory, where the system tells. */
function memoryOf(pid = 0): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
