import { median } from '../statistics.ts';
import type { CallRun, CallRuns, Mode } from './measure/calls.ts';
import type { SessionKind } from './measure/idle-sessions.ts';
import type { ImportTimes } from './measure/imports.ts';
import type { StartupRatios } from './measure/startup.ts';
import { keyOf, SUBJECTS, type Subject, subjectOf } from './subjects.ts';

export interface Results {
  calls: Record<Mode, CallRuns>;
  imports: ImportTimes;
  startup: StartupRatios;
  /** Bytes per idle session. */
  idle: Record<SessionKind, number>;
  /** By package name. */
  installed: Map<string, { packages: number; size: number }>;
}

/** What a subject records of a call, as it arrived at the collector. */
export interface Recorded {
  spanAttributes: string[];
  /** Names of metrics with data points about operations. */
  metrics: string[];
}

/** One row: a subject in one mode, against the bare server and the floor of the same SDK. */
export interface Row {
  subject: Subject;
  /** What it adds to the bare server, divided by what the floor adds. */
  cpu: number;
  /** Of the rounds: the lowest, the highest. */
  cpuRange: readonly [number, number];
  wall: number;
  /** MiB that it adds to the bare server's resident memory. */
  memory: number;
  called: number;
  delivered: number;
  recorded: Recorded;
  /** Whether it records as many attributes and metrics of a call as this package. */
  asMuch: boolean;
}

const MEBIBYTE = 2 ** 20;

export function rowsOf(runs: CallRuns): Row[] {
  const rows: Row[] = [];
  for (const subject of SUBJECTS) {
    const own = runs.get(keyOf(subject));
    if (own === undefined || subject.role === 'bare') continue;
    const bare = runsOf(runs, 'bare', subject);
    const floor = runsOf(runs, 'floor', subject);
    const recorded = recordedBy(own);
    const cpus = ratios(own, floor, bare, ({ cpuMicrosPerCall }) => cpuMicrosPerCall);
    const ours = recordedBy(runsOf(runs, 'ours', subject));
    rows.push({
      subject,
      cpu: median(cpus),
      cpuRange: [Math.min(...cpus), Math.max(...cpus)],
      wall: median(ratios(own, floor, bare, ({ wallMicrosPerCall }) => wallMicrosPerCall)),
      memory:
        (medianOf(own, ({ rssBytes }) => rssBytes) - medianOf(bare, ({ rssBytes }) => rssBytes)) / MEBIBYTE,
      called: medianOf(own, ({ called }) => called),
      delivered: medianOf(own, ({ delivered }) => delivered.callSpans),
      recorded,
      asMuch:
        recorded.spanAttributes.length >= ours.spanAttributes.length &&
        recorded.metrics.length >= ours.metrics.length,
    });
  }
  return rows;
}

function runsOf(runs: CallRuns, role: Parameters<typeof subjectOf>[0], of: Subject): CallRun[] {
  return runs.get(keyOf(subjectOf(role, of))) as CallRun[];
}

/** What the subject adds to the bare server, against what the floor adds; of each round, whose processes took turns. */
function ratios(own: CallRun[], floor: CallRun[], bare: CallRun[], of: (run: CallRun) => number): number[] {
  const inRound = (runs: CallRun[], wanted: number): number =>
    of(runs.find(({ round }) => round === wanted) as CallRun);
  return own.map((run) => {
    const base = inRound(bare, run.round);
    return (of(run) - base) / (inRound(floor, run.round) - base);
  });
}

function medianOf(runs: CallRun[], of: (run: CallRun) => number): number {
  return median(runs.map(of));
}

function recordedBy(runs: CallRun[]): Recorded {
  const { spanAttributes, pointAttributes } = (runs.at(-1) as CallRun).delivered;
  return {
    spanAttributes,
    metrics: Object.keys(pointAttributes).filter((name) => !name.includes('session')),
  };
}
