/**
 * The server of chaos: node --import tsx chaos-server.ts JOB
 *
 * Writes a flow whatever it reads, reads when it may, and says in a file what it read. What it has written so far stands in
 * another, so that one can tell from outside when it has to wait.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { chunksOf, type Flow } from '../chaos-flow.ts';

export interface ServerJob {
  readonly flow: Flow;
  /** Where it says what it read. */
  readonly report: string;
  /** Where it says how many bytes it has written. */
  readonly progress: string;
  /** It does not read until there is this file. */
  readonly readsAfter?: string;
  readonly exitCode: number;
}

/** What a side read. */
export interface Heard {
  readonly bytes: number;
  readonly sha256: string;
}

const POLL_MS = 20;
const { flow, report, progress, readsAfter, exitCode } = JSON.parse(process.argv[2] ?? '') as ServerJob;

const [heard] = await Promise.all([read(), write()]);
writeFileSync(report, JSON.stringify(heard));
process.exitCode = exitCode;

async function read(): Promise<Heard> {
  while (readsAfter !== undefined && !existsSync(readsAfter)) await delay(POLL_MS);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of process.stdin) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function write(): Promise<void> {
  let bytes = 0;
  for (const chunk of chunksOf(flow, 'server')) {
    bytes += chunk.length;
    if (process.stdout.write(chunk)) continue;
    writeFileSync(progress, String(bytes));
    await once(process.stdout, 'drain');
  }
}
