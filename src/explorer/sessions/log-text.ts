import { type LogLine, SEVERITY_ERROR } from '../recording/log-records.ts';

export type { LogLine };

/** A log line as people read it: `ERROR payments: the provider answered 503`. Of others: to be made visible. */
export function logText({ severity, logger, text }: LogLine): string {
  const head = [severity, logger].filter((part) => part !== undefined).join(' ');
  if (head === '') return text;
  return text === '' ? head : `${head}${logger === undefined ? ' ' : ': '}${text}`;
}

/** Whether a line tells of an error. */
export function isErrorLine({ severityNumber = 0 }: LogLine): boolean {
  return severityNumber >= SEVERITY_ERROR;
}

/** `and 3 more log lines`. */
export function moreLines(count: number): string {
  return `and ${count} more log line${count === 1 ? '' : 's'}`;
}
