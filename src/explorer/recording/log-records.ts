import { type Json, millis, objectOf, objectsOf } from './otlp.ts';

/** A line of a log, in the shape that people are shown. What is not known is absent. */
export interface LogLine {
  /** Unix milliseconds. */
  readonly timeMs: number;
  /** In the words of who wrote it: `INFO`, `warn`. */
  readonly severity?: string;
  /** From 1, the finest, to 24; 17 and more are errors. */
  readonly severityNumber?: number;
  /** The name of the logger. */
  readonly logger?: string;
  /** The message; of a very long one the beginning. */
  readonly text: string;
  /** As JSON text, of which the end may be missing. */
  readonly attributes?: string;
}

/** What an index needs of a log record. */
export interface LogFacts {
  readonly traceId: string;
  /** Empty where the line belongs to no span. */
  readonly spanId: string;
  readonly timeMs: number;
  /** 0: not known. */
  readonly severityNumber: number;
}

/** From this one on, a line tells of an error. */
export const SEVERITY_ERROR = 17;

/** Characters of one message, and of the JSON of its attributes. */
const MAX_TEXT = 16_000;
const MAX_SEVERITY = 24;
/** Levels of lists and maps that are followed. */
const MAX_DEPTH = 20;
const HALVED = /[\ud800-\udbff]$/;

/** The names that the specification has for the ranges of severity numbers, four each. */
const SEVERITIES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
/** Where only a word is given, by its beginning. */
const WORDS: readonly [beginning: RegExp, number: number][] = [
  [/^(emerg|alert|crit|fatal|panic)/i, 21],
  [/^err/i, SEVERITY_ERROR],
  [/^warn/i, 13],
  [/^(info|notice)/i, 9],
  [/^debug/i, 5],
  [/^(trace|verbose|silly)/i, 1],
];

/** `undefined` where it is of no trace, or has no time. */
export function logFactsOf(record: Json): LogFacts | undefined {
  const { traceId, spanId } = record;
  const timeMs = timeOf(record);
  if (typeof traceId !== 'string' || traceId === '' || timeMs === undefined) return undefined;
  return {
    traceId,
    spanId: typeof spanId === 'string' ? spanId : '',
    timeMs,
    severityNumber: severityNumberOf(record),
  };
}

/** A log record of OTLP JSON as it is shown. */
export function logLineOf(record: Json, logger: string | undefined): LogLine {
  const severity = severityOf(record);
  const severityNumber = severityNumberOf(record);
  const attributes = attributesOf(record);
  return {
    timeMs: timeOf(record) ?? 0,
    ...(severity !== undefined && { severity }),
    ...(severityNumber > 0 && { severityNumber }),
    ...(logger !== undefined && logger !== '' && { logger }),
    text: bounded(textOf(record)),
    ...(attributes !== undefined && { attributes }),
  };
}

/** 0 where neither a number nor a word tells it. */
export function severityNumberOf({ severityNumber, severityText }: Json): number {
  const number = Number(severityNumber ?? 0);
  if (Number.isInteger(number) && number > 0 && number <= 24) return number;
  // The specification wants numbers; some writers give the names.
  const word = String(severityNumber ?? '').replace('SEVERITY_NUMBER_', '') || String(severityText ?? '');
  return WORDS.find(([beginning]) => beginning.test(word))?.[1] ?? 0;
}

function severityOf(record: Json): string | undefined {
  const { severityText } = record;
  if (typeof severityText === 'string' && severityText !== '')
    return wellFormed(severityText.slice(0, MAX_SEVERITY));
  const number = severityNumberOf(record);
  return number === 0 ? undefined : SEVERITIES[Math.ceil(number / 4) - 1];
}

/** Where nobody says when it happened, the time at which it was seen. */
function timeOf({ timeUnixNano, observedTimeUnixNano }: Json): number | undefined {
  return millis(timeUnixNano) ?? millis(observedTimeUnixNano);
}

/** An event has a name, and its body is what belongs to it. */
function textOf({ body, eventName }: Json): string {
  const value = plainOf(objectOf(body), 0);
  const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const name = typeof eventName === 'string' ? eventName : '';
  return [name, text].filter((part) => part !== '').join(' ');
}

function attributesOf({ attributes }: Json): string | undefined {
  const pairs = objectsOf(attributes);
  return pairs.length === 0 ? undefined : bounded(JSON.stringify(mapOf(pairs, 0)));
}

/** A value of OTLP JSON as JSON alone would have it. */
function plainOf(any: Json, depth: number): unknown {
  const { stringValue, boolValue, intValue, doubleValue, bytesValue, arrayValue, kvlistValue } = any;
  if (typeof stringValue === 'string') return wellFormed(stringValue);
  if (depth > MAX_DEPTH) return '…';
  if (arrayValue !== undefined)
    return objectsOf(objectOf(arrayValue)['values']).map((value) => plainOf(value, depth + 1));
  if (kvlistValue !== undefined) return mapOf(objectsOf(objectOf(kvlistValue)['values']), depth + 1);
  return boolValue ?? integerOf(intValue) ?? doubleValue ?? bytesValue;
}

function mapOf(pairs: readonly Json[], depth: number): object {
  return Object.fromEntries(
    pairs.map(({ key, value }) => [wellFormed(String(key)), plainOf(objectOf(value), depth)]),
  );
}

/** 64-bit integers are texts; those that a number cannot hold exactly stay texts. */
function integerOf(value: unknown): unknown {
  const number = Number(value);
  return Number.isSafeInteger(number) && value !== undefined && value !== '' ? number : value;
}

function bounded(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1).replace(HALVED, '')}…`;
}

function wellFormed(value: string): string {
  return (value as string & { toWellFormed(): string }).toWellFormed();
}
