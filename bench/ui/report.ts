import { formatTable } from '../../tools/support/table.ts';
import type { Results } from './measure.ts';
import type { Options } from './options.ts';

/** A target, with what was measured. */
export interface Target {
  readonly name: string;
  readonly isMet: boolean;
  readonly measured: string;
}

const MIB = 1024 * 1024;
/** Processor time that opening may take, against the plain pass, and what any program takes to start. */
const MAX_OPEN = 2;
const START_MS = 500;
/** What is kept of a span with its share of a session and of the log records, besides what any process needs that has read something. */
const MAX_BYTES_PER_SPAN = 140;
const BASE_BYTES = 20 * MIB;
/** An answer may take so much of a plain pass; below the second, nobody sees the difference. */
const MAX_ANSWER = 0.01;
const ANY_ANSWER_MS = 50;
/** Processor time that a received and indexed span may take, against one of the plain pass. */
const MAX_RECEIVE = { protobuf: 8, JSON: 8 };

export function tablesOf({ recorded, plain, opened, asked, ingested }: Results): string {
  const row = (name: string, { spans, ms: time, processorMs }: Spent): string[] => [
    name,
    count((spans / time) * 1_000),
    micros(time / spans),
    ratio(time / spans / (plain.ms / recorded.spans)),
    micros(processorMs / spans),
    ratio(costOf({ spans, processorMs }, { spans: recorded.spans, ...plain })),
  ];
  return [
    `${count(recorded.spans)} spans in ${count(recorded.sessions)} sessions, ${count(recorded.logs)} log records: ${count(recorded.files)} files, ${mebibytes(recorded.bytes)}`,
    formatTable([
      ['', 'spans/s', 'time a span', 'ratio', 'processor time a span', 'ratio'],
      row('plain pass', { spans: recorded.spans, ...plain }),
      row('open', opened),
      ...ingested.map((each) => row(`receive ${each.encoding}`, each)),
    ]),
    `opened in ${ms(opened.ms)}; others waited ${ms(opened.longestWaitMs)} at most meanwhile`,
    `memory above the idle process: ${mebibytes(opened.kept)} kept, ${mebibytes(opened.resident)} resident`,
    formatTable([
      ['question', 'p50', 'p95', 'p95 in the plain pass'],
      ...asked.map(({ name, p50Ms, p95Ms }) => [
        name,
        ms(p50Ms),
        ms(p95Ms),
        `${((p95Ms / plain.ms) * 100).toFixed(2)} %`,
      ]),
    ]),
  ].join('\n\n');
}

export function targetsOf(
  { recorded, plain, opened, asked, ingested }: Results,
  { slack }: Pick<Options, 'slack'>,
): Target[] {
  const mayKeep = BASE_BYTES + MAX_BYTES_PER_SPAN * recorded.spans;
  const mayOpen = slack * MAX_OPEN;
  const mayTakeMs = slack * Math.max(ANY_ANSWER_MS, MAX_ANSWER * plain.ms);
  return [
    target(
      'all of it is read',
      (['spans', 'sessions', 'logs'] as const).every((what) => opened[what] === recorded[what]),
      `${count(opened.spans)} spans, ${count(opened.sessions)} sessions, ${count(opened.logs)} log records`,
    ),
    target(
      `opening takes at most ${mayOpen} x the processor time of the plain pass and ${ms(START_MS)}`,
      opened.processorMs <= mayOpen * plain.processorMs + START_MS,
      `${ratio(opened.processorMs / plain.processorMs)} x`,
    ),
    target(`it keeps at most ${mebibytes(mayKeep)}`, opened.kept <= mayKeep, mebibytes(opened.kept)),
    ...asked.map(({ name, p95Ms }) =>
      target(`${name}: p95 at most ${ms(mayTakeMs)}`, p95Ms <= mayTakeMs, ms(p95Ms)),
    ),
    ...ingested.map((each) => {
      const cost = costOf(each, { spans: recorded.spans, ...plain });
      const limit = slack * MAX_RECEIVE[each.encoding];
      return target(
        `${each.encoding} is received at ${limit} x the processor time of the plain pass at most`,
        cost <= limit,
        `${ratio(cost)} x`,
      );
    }),
  ];
}

interface Spent {
  readonly spans: number;
  readonly ms: number;
  readonly processorMs: number;
}

/** Processor time a span, against that of another. */
function costOf(one: Omit<Spent, 'ms'>, other: Omit<Spent, 'ms'>): number {
  return one.processorMs / one.spans / (other.processorMs / other.spans);
}

function target(name: string, isMet: boolean, measured: string): Target {
  return { name, isMet, measured };
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

function ms(number: number): string {
  return number >= 1_000 ? `${(number / 1_000).toFixed(2)} s` : `${number.toFixed(1)} ms`;
}

function micros(milliseconds: number): string {
  return `${(milliseconds * 1_000).toFixed(1)} µs`;
}

function ratio(number: number): string {
  return number.toFixed(2);
}

function mebibytes(bytes: number): string {
  return `${(bytes / MIB).toFixed(0)} MiB`;
}
