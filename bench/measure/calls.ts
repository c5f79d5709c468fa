import type { Collector } from '../collector/collector.ts';
import type { RunCounts } from '../collector/counts.ts';
import type { Options } from '../options.ts';
import type { Progress } from '../progress.ts';
import { keyOf, SUBJECTS, type Subject } from '../subjects.ts';
import { runChild } from './child.ts';

export type Mode = 'paced' | 'flat out';

/** What one child measured. */
export interface CallRun {
  /** Calls made, those for warming up included: as many as spans of calls must arrive. */
  called: number;
  cpuMicrosPerCall: number;
  /** Flat out: time that passed per call. Paced: how long a call took. */
  wallMicrosPerCall: number;
  rssBytes: number;
  delivered: RunCounts;
}

/** The runs of each subject, by its key, in the order of the rounds; a peer that does not run is left out. */
export type CallRuns = Map<string, CallRun[]>;

/** Flat out, the exports of a run must end before the process does; exports of metrics need some time to happen. */
const METRIC_EXPORT_INTERVAL_MS = 5_000;
/** As fast as it goes: what a server costs that has been running, not what it costs to compile it. */
const WARM_UP_CALLS = 30_000;

export async function measureCalls(
  options: Options,
  ours: string,
  collector: Collector,
  progress: Progress,
  signal: AbortSignal,
): Promise<Record<Mode, CallRuns>> {
  const runs: Record<Mode, CallRuns> = { paced: new Map(), 'flat out': new Map() };
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const mode of ['paced', 'flat out'] as const) {
      for (const subject of SUBJECTS) {
        if (subject.role === 'peer' && round > options.peerRounds) continue;
        progress.say(`round ${round} of ${options.rounds}, ${mode}: ${keyOf(subject)}`);
        const run = await runSubject(subject, mode, round, options, ours, collector, signal);
        const earlier = runs[mode].get(keyOf(subject)) ?? [];
        if (run !== undefined) runs[mode].set(keyOf(subject), [...earlier, run]);
      }
    }
  }
  return runs;
}

async function runSubject(
  subject: Subject,
  mode: Mode,
  round: number,
  options: Options,
  ours: string,
  collector: Collector,
  signal: AbortSignal,
): Promise<CallRun | undefined> {
  const { name, sdk } = subject;
  // A path of its own for every run: what one exports late is not counted for the next.
  const id = `${name}-${sdk}-${mode.replace(' ', '-')}-${round}`;
  const job = {
    subject: name,
    sdk,
    mode,
    calls: mode === 'paced' ? options.pacedCalls : options.flatOutCalls,
    warmUpCalls: WARM_UP_CALLS,
    ratePerSecond: options.ratePerSecond,
    endpoint: collector.endpoint(id),
    metricExportIntervalMs: METRIC_EXPORT_INTERVAL_MS,
    ours,
  };
  try {
    const measured = await runChild<Omit<CallRun, 'delivered'>>('calls.mjs', job, signal);
    return { ...measured, delivered: await collector.counts(id) };
  } catch (error) {
    if (subject.role !== 'peer' || signal.aborted) throw error;
    process.stderr.write(`\n${keyOf(subject)} does not run: ${String(error)}\n`);
    return undefined;
  }
}
