import { basename } from 'node:path';
import { FORMS, RECORDED_SIGNALS, type RecordedSignal } from '../../explorer/recording/signal.ts';
import { visible } from '../../explorer/text/visible.ts';

/** What a replay did, or would do. */
export interface Tally {
  files: number;
  lines: number;
  /** Spans, data points and log records. */
  items: Record<RecordedSignal, number>;
  bytes: number;
  requests: number;
  /** Lines that an earlier run has dealt with. */
  before: number;
  broken: number;
  /** Spans, data points and log records that the receiver took and threw away. */
  rejected: number;
  /** Requests that were refused and left out. */
  refused: number;
  /** Requests that may have arrived. */
  unsure: number;
}

export function createTally(): Tally {
  return {
    files: 0,
    lines: 0,
    items: { traces: 0, metrics: 0, logs: 0 },
    bytes: 0,
    requests: 0,
    before: 0,
    broken: 0,
    rejected: 0,
    refused: 0,
    unsure: 0,
  };
}

/** The sentences at the end. */
export function summaryOf(tally: Tally, isDryRun: boolean): string {
  const { lines, requests, files, before, broken, rejected, refused, unsure } = tally;
  const held = new Intl.ListFormat('en-GB').format(itemsOf(tally));
  const what = `${number(lines, 'line')}${held === '' ? '' : ` with ${held}`}`;
  const first = isDryRun
    ? `would send ${what} of ${number(files, 'file')} in ${number(requests, 'request')}`
    : `sent ${what} of ${number(files, 'file')} in ${number(requests, 'request')}`;
  return [
    first,
    ...(before > 0 ? [`${number(before, 'line')} ${was(before)} dealt with before`] : []),
    ...(broken > 0 ? [`${number(broken, 'line')} ${was(broken)} broken and left out`] : []),
    ...(rejected > 0 ? [`the receiver threw away ${number(rejected, 'item')}`] : []),
    ...(refused > 0 ? [`${number(refused, 'request')} ${was(refused)} refused and left out`] : []),
    ...(unsure > 0 ? [`${number(unsure, 'request')} may or may not have arrived`] : []),
  ].join('; ');
}

/** `3 spans`, `1 data point`: of what there is. */
export function itemsOf({ items }: Tally): string[] {
  return RECORDED_SIGNALS.filter((signal) => items[signal] > 0).map((signal) =>
    number(items[signal], FORMS[signal].item),
  );
}

/** `file:line`, or the lines from and to. */
export function placeOfLines(path: string, first: number, last: number): string {
  const name = visible(basename(path));
  return first === last ? `${name}:${first}` : `${name}:${first}-${last}`;
}

export function number(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`;
}

function was(count: number): string {
  return count === 1 ? 'was' : 'were';
}
