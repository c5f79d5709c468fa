import type { Check } from '../../tools/support/checks.ts';
import { formatTable } from '../../tools/support/table.ts';
import { median } from '../statistics.ts';
import type { Run, Runs } from './measure.ts';
import type { Options } from './options.ts';
import type { Subject } from './subjects.ts';

const MAX_ADDED_MS = 0.15;
const MIN_THROUGHPUT = 0.8;

/** Medians of the rounds; what is added, and the ratios, of each round by itself. */
interface Row {
  readonly subject: Subject;
  readonly p50: Compared;
  readonly p99: Compared;
  readonly cpu: Compared;
  readonly echoes: Compared;
  readonly works: Compared;
  readonly made: number;
  readonly recorded: number;
}

interface Compared {
  readonly value: number;
  /** More than directly, in the unit of the value. */
  readonly added: number;
  /** To directly. */
  readonly ratio: number;
}

export function reportOf(runs: Runs, options: Options): string {
  const { rounds, turns, calls, flatOutMs, atOnce } = options;
  const rows = rowsOf(runs);
  const added = rows.map(({ subject, p50, p99, cpu }) => [
    subject.way,
    ...[p50, p99].flatMap((each) => cells(each, (value) => `${value.toFixed(3)} ms`)),
    ...cells(cpu, (value) => `${value.toFixed(0)} µs`),
  ]);
  const kept = rows.map(({ subject, echoes, works }) => [
    subject.way,
    ...[echoes, works].flatMap(({ value, ratio }) => [value.toFixed(0), `${(ratio * 100).toFixed(0)} %`]),
  ]);
  return [
    `Medians of ${rounds} rounds of ${turns} turns. Added: more than on the direct way to the same server in the same round; the`,
    'ratio is to that way. CPU: of all processes but the client, for a call.',
    `${calls} calls a turn, one after the other:`,
    '',
    formatTable([['way', 'p50', 'added', '', 'p99', 'added', '', 'CPU', 'added', ''], ...added]),
    '',
    `Calls a second, ${atOnce} at a time for ${flatOutMs} ms, of a tool that does nothing, and of one that works 0.25 ms:`,
    '',
    formatTable([['way', 'nothing', 'of direct', 'work', 'of direct'], ...kept]),
  ].join('\n');
}

export function checksOf(runs: Runs): Check[] {
  const rows = rowsOf(runs);
  const row = (name: string): Row => rows.find(({ subject }) => subject.name === name) as Row;
  const [run, proxy] = [row('run'), row('proxy')];
  const peers = rows.filter(({ subject }) => subject.role === 'peer');
  const below = (what: string, of: (row: Row) => number, show: (value: number) => string): Check => ({
    ok: peers.every((peer) => of(proxy) < of(peer)),
    name: `proxy adds less ${what} than each peer`,
    found: [proxy, ...peers].map((each) => `${each.subject.name} ${show(of(each))}`).join(', '),
  });
  return [
    {
      ok: run.p50.added <= MAX_ADDED_MS,
      name: `run adds at most ${MAX_ADDED_MS} ms at p50`,
      found: `${run.p50.added.toFixed(3)} ms`,
    },
    {
      ok: run.works.ratio >= MIN_THROUGHPUT,
      name: `run keeps ${MIN_THROUGHPUT * 100} % of the direct calls/s of a tool that works 0.25 ms`,
      found: `${(run.works.ratio * 100).toFixed(0)} %`,
    },
    below(
      'time at p50',
      ({ p50 }) => p50.added,
      (value) => `${value.toFixed(3)} ms`,
    ),
    below(
      'CPU',
      ({ cpu }) => cpu.added,
      (value) => `${value.toFixed(0)} µs`,
    ),
    ...[run, proxy].map(({ subject, made, recorded }) => ({
      ok: made === recorded,
      name: `${subject.name} records every call`,
      found: `${recorded} of ${made}`,
    })),
  ];
}

function rowsOf(runs: Runs): Row[] {
  return [...runs].map(([subject, own]) => {
    const [, direct = []] = [...runs].find(([{ role, to }]) => role === 'direct' && to === subject.to) ?? [];
    const compared = (of: (run: Run) => number): Compared => {
      const pairs = own.map((run, round) => [of(run), of(direct[round] as Run)] as const);
      return {
        value: median(pairs.map(([value]) => value)),
        added: median(pairs.map(([value, base]) => value - base)),
        ratio: median(pairs.map(([value, base]) => value / base)),
      };
    };
    const sum = (of: (run: Run) => number): number => own.reduce((all, run) => all + of(run), 0);
    return {
      subject,
      p50: compared(({ p50Ms }) => p50Ms),
      p99: compared(({ p99Ms }) => p99Ms),
      cpu: compared(({ cpuMicros }) => cpuMicros),
      echoes: compared(({ echoesPerSecond }) => echoesPerSecond),
      works: compared(({ worksPerSecond }) => worksPerSecond),
      made: sum(({ made }) => made),
      recorded: sum(({ recorded }) => recorded),
    };
  });
}

function cells({ value, added, ratio }: Compared, show: (value: number) => string): string[] {
  return [show(value), `${added < 0 ? '' : '+'}${show(added)}`, `${ratio.toFixed(2)} x`];
}
