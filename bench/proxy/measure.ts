import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Options } from './options.ts';
import { processorMicros } from './processor-time.ts';
import { callSpansIn } from './recorded.ts';
import { type Places, type Running, SUBJECTS, type Subject } from './subjects.ts';

/** What one subject measured in one round. */
export interface Run {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of all that is not the client, for a call. */
  readonly cpuMicros: number;
  /** Of a tool that does nothing, and of one that works for a quarter of a millisecond. */
  readonly echoesPerSecond: number;
  readonly worksPerSecond: number;
  /** Calls that the client made, those for warming up included. */
  readonly made: number;
  /** Of them, in the recording; of ours only. */
  readonly recorded: number;
}

export interface MeasureParts {
  /** Folder whose `node_modules` has the peers. */
  readonly peers: string;
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

type Tool = 'echo' | 'work';

/** The runs of each subject, in the order of the rounds. */
export type Runs = ReadonlyMap<Subject, readonly Run[]>;

export async function measure(options: Options, parts: MeasureParts): Promise<Runs> {
  const runs = new Map<Subject, Run[]>(SUBJECTS.map((subject) => [subject, []]));
  for (let round = 1; round <= options.rounds; round += 1) {
    const visits = await openAll(parts);
    try {
      await takeTurns(visits, options, (what) => {
        parts.signal.throwIfAborted();
        parts.say(`round ${round} of ${options.rounds}: ${what}`);
      });
    } finally {
      await Promise.all(visits.map((visit) => visit.close()));
    }
    for (const visit of visits) runs.get(visit.subject)?.push(await visit.result());
  }
  return runs;
}

/** The same number of turns for each, in turn: the speed of a machine changes from second to second. */
async function takeTurns(
  visits: readonly Visit[],
  { turns, warmUpTurns, ...rest }: Options,
  say: (what: string) => void,
): Promise<void> {
  for (let turn = 1 - warmUpTurns; turn <= turns; turn += 1) {
    say(turn < 1 ? 'warming up' : `turn ${turn} of ${turns}`);
    for (let index = 0; index < visits.length; index += 1) {
      // None has its turn always after the same one.
      const visit = visits[(index + turn + warmUpTurns) % visits.length] as Visit;
      await visit.turn(rest, turn >= 1);
    }
  }
}

async function openAll({ peers, folder }: MeasureParts): Promise<Visit[]> {
  const visits: Visit[] = [];
  await mkdir(folder, { recursive: true });
  try {
    for (const subject of SUBJECTS) {
      const places: Places = { peers, recording: await mkdtemp(join(folder, `${subject.name}-`)) };
      const visit = new Visit(subject, places, await subject.start(places));
      visits.push(visit);
      await visit.open();
    }
    return visits;
  } catch (error) {
    await Promise.all(visits.map((visit) => visit.close()));
    throw error;
  }
}

/** One client on one way, and what it measures. */
class Visit {
  readonly subject: Subject;
  readonly #places: Places;
  readonly #running: Running;
  readonly #client = new Client({ name: 'bench-client', version: '1.0.0' });
  readonly #latencies: number[] = [];
  #cpuMicros = 0;
  readonly #echoes = new Pace();
  readonly #works = new Pace();
  #made = 0;

  constructor(subject: Subject, places: Places, running: Running) {
    this.subject = subject;
    this.#places = places;
    this.#running = running;
  }

  async open(): Promise<void> {
    await this.#client.connect(this.#running.transport as never);
  }

  async turn(options: Omit<Options, 'turns' | 'warmUpTurns'>, counts: boolean): Promise<void> {
    const { calls, flatOutMs, atOnce } = options;
    const cpuBefore = processorMicros(this.#running.pids());
    const latencies: number[] = [];
    for (let index = 0; index < calls; index += 1) latencies.push(await this.#timedCall());
    const cpuMicros = processorMicros(this.#running.pids()) - cpuBefore;
    const echoes = await this.#callFlatOut('echo', flatOutMs, atOnce);
    const works = await this.#callFlatOut('work', flatOutMs, atOnce);
    if (!counts) return;
    this.#latencies.push(...latencies);
    this.#cpuMicros += cpuMicros;
    this.#echoes.add(echoes);
    this.#works.add(works);
  }

  async close(): Promise<void> {
    await this.#client.close().catch(() => {});
    await this.#running.stop();
  }

  /** Once it is closed. */
  async result(): Promise<Run> {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
    return {
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      cpuMicros: this.#cpuMicros / sorted.length,
      echoesPerSecond: this.#echoes.perSecond,
      worksPerSecond: this.#works.perSecond,
      made: this.#made,
      recorded: this.subject.role === 'ours' ? await callSpansIn(this.#places.recording) : 0,
    };
  }

  async #timedCall(): Promise<number> {
    const startedAt = performance.now();
    await this.#call('echo');
    return performance.now() - startedAt;
  }

  async #callFlatOut(tool: Tool, forMs: number, atOnce: number): Promise<{ calls: number; ms: number }> {
    const startedAt = performance.now();
    const sinceStart = (): number => performance.now() - startedAt;
    let calls = 0;
    const work = async (): Promise<void> => {
      while (sinceStart() < forMs) {
        await this.#call(tool);
        calls += 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return { calls, ms: sinceStart() };
  }

  async #call(name: Tool): Promise<void> {
    this.#made += 1;
    const result = await this.#client.callTool({ name, arguments: { text: 'as it was' } });
    if (!JSON.stringify(result.content).includes('as it was'))
      throw new Error(`wrong answer: ${JSON.stringify(result)}`);
  }
}

/** Calls, and the time that they took. */
class Pace {
  #calls = 0;
  #ms = 0;

  add({ calls, ms }: { calls: number; ms: number }): void {
    this.#calls += calls;
    this.#ms += ms;
  }

  get perSecond(): number {
    return (this.#calls / this.#ms) * 1_000;
  }
}
