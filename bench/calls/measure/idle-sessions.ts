import type { Progress } from '../../progress.ts';
import { median } from '../../statistics.ts';
import type { Collector } from '../collector/collector.ts';
import type { Options } from '../options.ts';
import { runChild } from './child.ts';

export type SessionKind = 'connection' | 'inferred';

interface IdleRun {
  bytesPerSession: number;
  /** Sessions that the manager says are open. */
  active?: number;
}

/** Bytes of heap that an idle session takes with instrumentation, less what it takes without; medians. */
export async function measureIdleSessions(
  { idleRounds, idleSessions }: Options,
  ours: string,
  collector: Collector,
  progress: Progress,
  signal: AbortSignal,
): Promise<Record<SessionKind, number>> {
  const added: Record<SessionKind, number[]> = { connection: [], inferred: [] };
  for (let round = 1; round <= idleRounds; round += 1) {
    for (const kind of ['connection', 'inferred'] as const) {
      progress.say(`${idleSessions} idle sessions, round ${round} of ${idleRounds}: ${kind}`);
      const job = { kind, sessions: idleSessions, ours, endpoint: collector.endpoint('idle') };
      const bare = await runChild<IdleRun>('idle.mjs', { ...job, instrumented: false }, signal);
      const instrumented = await runChild<IdleRun>('idle.mjs', { ...job, instrumented: true }, signal);
      if (instrumented.active === undefined || instrumented.active < idleSessions) {
        throw new Error(`only ${instrumented.active} of ${idleSessions} ${kind} sessions are open`);
      }
      added[kind].push(instrumented.bytesPerSession - bare.bytesPerSession);
    }
  }
  return { connection: median(added.connection), inferred: median(added.inferred) };
}
