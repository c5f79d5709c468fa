/** Opens a recording, and says how long that took, how long others had to wait meanwhile, and what it keeps. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { openStore } from '../../../src/explorer/store/open-store.ts';
import { collectGarbage, endWithParent, processorMs, readJob, say } from './job.ts';

export interface Opened {
  readonly ms: number;
  /** Of processor time. */
  readonly processorMs: number;
  readonly spans: number;
  readonly sessions: number;
  readonly logs: number;
  /** Milliseconds that a request had to wait at worst while it was read. */
  readonly longestWaitMs: number;
  /** Bytes above the idle process: of heap and array buffers, and of the whole process. */
  readonly kept: number;
  readonly resident: number;
}

endWithParent();
const { dir, now } = readJob<{ dir: string; now: number }>();
const idle = await settledMemory();
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const before = processorMs();
const startedAt = performance.now();
const store = openStore({ dir, now: () => now });
await store.ready;
const ms = performance.now() - startedAt;
const used = processorMs() - before;
delay.disable();
const full = await settledMemory();
const { spans, sessions, logs = 0 } = store.state();
const opened: Opened = {
  ms,
  processorMs: used,
  spans,
  sessions,
  logs,
  longestWaitMs: delay.max / 1e6,
  kept: full.kept - idle.kept,
  resident: full.rss - idle.rss,
};
say(opened);
await store.close();

async function settledMemory() {
  collectGarbage();
  await setTimeout(100);
  collectGarbage();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, kept: heapUsed + external };
}
