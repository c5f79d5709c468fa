import type { ForkedProgram } from '../../../tools/support/forked-program.ts';
import type { Progress } from '../../progress.ts';
import type { Collector } from '../collector/collector.ts';
import type { RunCounts } from '../collector/counts.ts';
import type { Options } from '../options.ts';
import { keyOf, SUBJECTS, type Subject } from '../subjects.ts';
import { startChild } from './child.ts';

export type Mode = 'paced' | 'flat out';

/** What a child measured of some calls, or of their export. */
interface Measured {
  cpuMicros: number;
  /** Flat out: time that passed. Paced: how long the calls took, added up. */
  wallMicros: number;
}

/** The same of all turns. */
interface PerCall {
  cpuMicrosPerCall: number;
  wallMicrosPerCall: number;
}

/** What a child says at its end. */
interface End {
  /** Calls made, those for warming up included: as many as spans of calls must arrive. */
  called: number;
  rssBytes: number;
}

/** What one child measured in a round. */
export type CallRun = PerCall & End & { round: number; delivered: RunCounts };

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

function roundsOf({ role }: Subject, { rounds, peerRounds }: Options): number {
  return role === 'peer' ? peerRounds : rounds;
}

/** A process, and what it measured so far. */
interface Running extends Measured {
  child: ForkedProgram;
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
    const { turns, warmUpTurns, slices } = this.#setting.options;
    const running = new Map<Subject, Running>();
    try {
      await this.#each(group, async (subject) => {
        const child = this.#start(subject);
        running.set(subject, { child, cpuMicros: 0, wallMicros: 0 });
        await child.answer();
      });
      for (let turn = 1 - warmUpTurns; turn <= turns; turn += 1) {
        this.#say(turn < 1 ? 'warming up' : `turn ${turn} of ${turns}`);
        const ask = (question: 'call' | 'flush') => async (subject: Subject) => {
          const process = running.get(subject) as Running;
          const measured = await process.child.ask<Measured>(question);
          if (turn < 1) return;
          process.cpuMicros += measured.cpuMicros;
          process.wallMicros += measured.wallMicros;
        };
        for (let slice = 0; slice < slices; slice += 1) await this.#each(inTurn(group, slice), ask('call'));
        await this.#each(inTurn(group, turn + warmUpTurns), ask('flush'));
      }
      const runs = new Map<string, CallRun>();
      await this.#each(group, async (subject) => {
        const { child, cpuMicros, wallMicros } = running.get(subject) as Running;
        const end = await child.ask<End>('end');
        const delivered = await this.#setting.collector.counts(this.#id(subject));
        const calls = turns * slices * this.#callsOfSlice;
        const perCall = { cpuMicrosPerCall: cpuMicros / calls, wallMicrosPerCall: wallMicros / calls };
        runs.set(keyOf(subject), { round: this.#number, ...perCall, ...end, delivered });
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
        calls: this.#callsOfSlice,
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

  get #callsOfSlice(): number {
    const { pacedCalls, flatOutCalls, slices } = this.#setting.options;
    return (this.#mode === 'paced' ? pacedCalls : flatOutCalls) / slices;
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
function inTurn<T>(items: readonly T[], number: number): T[] {
  const at = number % items.length;
  const rotated = [...items.slice(at), ...items.slice(0, at)];
  return number % 2 === 0 ? rotated : rotated.reverse();
}
