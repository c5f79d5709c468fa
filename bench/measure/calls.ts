import type { Collector } from '../collector/collector.ts';
import type { RunCounts } from '../collector/counts.ts';
import type { Options } from '../options.ts';
import type { Progress } from '../progress.ts';
import { mean } from '../statistics.ts';
import { keyOf, SUBJECTS, type Subject } from '../subjects.ts';
import { Child } from './child.ts';

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

/** What one child measured; means of its turns. */
export type CallRun = Turn & End & { delivered: RunCounts };

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
  const { rounds, peerRounds } = setting.options;
  const runs: Record<Mode, CallRuns> = { paced: new Map(), 'flat out': new Map() };
  for (let round = 1; round <= rounds; round += 1) {
    for (const mode of ['paced', 'flat out'] as const) {
      for (const sdk of ['v1', 'v2'] as const) {
        const group = SUBJECTS.filter(
          (subject) => subject.sdk === sdk && (subject.role !== 'peer' || round <= peerRounds),
        );
        for (const [key, run] of await new Round(setting, mode, round).run(group)) {
          runs[mode].set(key, [...(runs[mode].get(key) ?? []), run]);
        }
      }
    }
  }
  return runs;
}

/**
 * One process of each subject of an SDK, which take turns: the speed of a machine changes from second to second, and
 * so it does for all of them.
 */
class Round {
  readonly #setting: Setting;
  readonly #mode: Mode;
  readonly #number: number;

  constructor(setting: Setting, mode: Mode, number: number) {
    this.#setting = setting;
    this.#mode = mode;
    this.#number = number;
  }

  async run(group: Subject[]): Promise<Map<string, CallRun>> {
    const { turns, warmUpTurns } = this.#setting.options;
    const children = await this.#each(new Map(group.map((subject) => [subject, []])), (subject) =>
      this.#start(subject),
    );
    let measured = new Map<Subject, Turn[]>([...children.keys()].map((subject) => [subject, []]));
    for (let turn = 1 - warmUpTurns; turn <= turns; turn += 1) {
      this.#say(turn < 1 ? 'warming up' : `turn ${turn} of ${turns}`);
      measured = await this.#each(measured, async (subject, before) => {
        const child = children.get(subject) as Child;
        const now = await child.ask<Turn>('turn');
        return turn < 1 ? [] : [...before, now];
      });
    }
    const ended = await this.#each(measured, async (subject, before) => ({
      ...meanOf(before),
      ...(await (children.get(subject) as Child).ask<End>('end')),
      delivered: await this.#setting.collector.counts(this.#id(subject)),
    }));
    return new Map([...ended].map(([subject, run]) => [keyOf(subject), run]));
  }

  async #start(subject: Subject): Promise<Child> {
    const { options, collector, ours, signal } = this.#setting;
    this.#say(`starting ${keyOf(subject)}`);
    const child = new Child(
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
    await child.answer();
    return child;
  }

  /** One after the other; a peer that fails is left out from then on. */
  async #each<T, U>(
    subjects: ReadonlyMap<Subject, T>,
    step: (subject: Subject, value: T) => Promise<U>,
  ): Promise<Map<Subject, U>> {
    const done = new Map<Subject, U>();
    for (const [subject, value] of subjects) {
      try {
        done.set(subject, await step(subject, value));
      } catch (error) {
        if (subject.role !== 'peer' || this.#setting.signal.aborted) throw error;
        process.stderr.write(`\n${keyOf(subject)} does not run: ${String(error)}\n`);
      }
    }
    return done;
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

function meanOf(turns: Turn[]): Turn {
  return {
    cpuMicrosPerCall: mean(turns.map(({ cpuMicrosPerCall }) => cpuMicrosPerCall)),
    wallMicrosPerCall: mean(turns.map(({ wallMicrosPerCall }) => wallMicrosPerCall)),
  };
}
