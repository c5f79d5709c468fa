import type { ForkedProgram } from '../../../tools/support/forked-program.ts';
import type { Progress } from '../../progress.ts';
import { mean } from '../../statistics.ts';
import type { Collector } from '../collector/collector.ts';
import type { RunCounts } from '../collector/counts.ts';
import type { Options } from '../options.ts';
import { keyOf, SUBJECTS, type Subject } from '../subjects.ts';
import { startChild } from './child.ts';

export type Mode = 'paced' | 'flat out';

/** What a child measured in one turn. */
interface Turn {
  cpuMicrosPerCall: number;
  /** Flat out: time that passed per call. Paced: how long a call took. */
  wallMicrosPerCall: number;
}

/** What a child says at its end. */
interface End {
  /** Calls made, those for warming up included: as many as spans of calls must arrive. */
  called: number;
  rssBytes: number;
}

/** What one child measured in a round; means of its turns. */
export type CallRun = Turn & End & { round: number; delivered: RunCounts };

/** The runs of each subject, by its key, in the order of the rounds; a peer that does not run is left out. */
export type CallRuns = Map<string, CallRun[]>;

/** Flat out, the exports of a run must end before the process does; exports of metrics need some time to happen. */
const METRIC_EXPORT_INTERVAL_MS = 5_000;
/** As fast as it goes: what a server costs that has been running, not what it costs to compile it. */
const WARM_UP_CALLS = 30_000;

/** What every part of the measurement needs. */
interface Setting {
  options: Options;
  /** The entry of this package. */
  ours: string;
  collector: Collector;
  progress: Progress;
  signal: AbortSignal;
}

export async function measureCalls(setting: Setting): Promise<Record<Mode, CallRuns>> {
  const { rounds } = setting.options;
  const runs: Record<Mode, CallRuns> = { paced: new Map(), 'flat out': new Map() };
  for (let round = 1; round <= rounds; round += 1) {
    for (const mode of ['paced', 'flat out'] as const) {
      for (const sdk of ['v1', 'v2'] as const) {
        const group = SUBJECTS.filter(
          (subject) => subject.sdk === sdk && round <= roundsOf(subject, setting.options),
        );
        for (const [key, run] of await new Round(setting, mode, round).run(group)) {
          runs[mode].set(key, [...(runs[mode].get(key) ?? []), run]);
        }
      }
    }
  }
  return runs;
}

function roundsOf({ role, side }: Subject, { rounds, clientRounds, peerRounds }: Options): number {
  if (role === 'peer') return peerRounds;
  return side === 'client' ? clientRounds : rounds;
}

/** A process, and what it measured so far. */
interface Running {
  child: ForkedProgram;
  turns: Turn[];
}

/**
 * One process of each subject of an SDK, which take turns: the speed of a machine changes from second to second, and
 * so it does for all of them.
 */
class Round {
  readonly #setting: Setting;
  readonly #mode: Mode;
  readonly #number: number;
  readonly #failed = new Set<Subject>();

  constructor(setting: Setting, mode: Mode, number: number) {
    this.#setting = setting;
    this.#mode = mode;
    this.#number = number;
  }

  async run(group: Subject[]): Promise<Map<string, CallRun>> {
    const { turns, warmUpTurns } = this.#setting.options;
    const running = new Map<Subject, Running>();
    try {
      await this.#each(group, async (subject) => {
        const child = this.#start(subject);
        running.set(subject, { child, turns: [] });
        await child.answer();
      });
      for (let turn = 1 - warmUpTurns; turn <= turns; turn += 1) {
        this.#say(turn < 1 ? 'warming up' : `turn ${turn} of ${turns}`);
        await this.#each(rotated(group, turn + warmUpTurns), async (subject) => {
          const { child, turns: taken } = running.get(subject) as Running;
          const measured = await child.ask<Turn>('turn');
          if (turn >= 1) taken.push(measured);
        });
      }
      const runs = new Map<string, CallRun>();
      await this.#each(group, async (subject) => {
        const { child, turns: taken } = running.get(subject) as Running;
        const end = await child.ask<End>('end');
        const delivered = await this.#setting.collector.counts(this.#id(subject));
        runs.set(keyOf(subject), { round: this.#number, ...meanOf(taken), ...end, delivered });
      });
      return runs;
    } finally {
      await Promise.all([...running.values()].map(({ child }) => child.stop()));
    }
  }

  #start(subject: Subject): ForkedProgram {
    const { options, collector, ours, signal } = this.#setting;
    this.#say(`starting ${keyOf(subject)}`);
    return startChild(
      'calls.mjs',
      {
        subject: subject.name,
        sdk: subject.sdk,
        mode: this.#mode,
        calls: this.#mode === 'paced' ? options.pacedCalls : options.flatOutCalls,
        warmUpCalls: WARM_UP_CALLS,
        ratePerSecond: options.ratePerSecond,
        endpoint: collector.endpoint(this.#id(subject)),
        metricExportIntervalMs: METRIC_EXPORT_INTERVAL_MS,
        ours,
      },
      signal,
    );
  }

  /** One after the other; a peer that fails is left out from then on. */
  async #each(subjects: readonly Subject[], step: (subject: Subject) => Promise<void>): Promise<void> {
    for (const subject of subjects) {
      if (this.#failed.has(subject)) continue;
      try {
        await step(subject);
      } catch (error) {
        if (subject.role !== 'peer' || this.#setting.signal.aborted) throw error;
        this.#failed.add(subject);
        process.stderr.write(`\n${keyOf(subject)} does not run: ${String(error)}\n`);
      }
    }
  }

  /** A path of its own for every run: what one exports late is not counted for the next. */
  #id({ name, sdk }: Subject): string {
    return `${name}-${sdk}-${this.#mode.replace(' ', '-')}-${this.#number}`;
  }

  #say(what: string): void {
    const { progress, options } = this.#setting;
    progress.say(`round ${this.#number} of ${options.rounds}, ${this.#mode}: ${what}`);
  }
}

/** None has its turn always after the same one, whose threads may still be at work. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function meanOf(turns: Turn[]): Turn {
  return {
    cpuMicrosPerCall: mean(turns.map(({ cpuMicrosPerCall }) => cpuMicrosPerCall)),
    wallMicrosPerCall: mean(turns.map(({ wallMicrosPerCall }) => wallMicrosPerCall)),
  };
}
