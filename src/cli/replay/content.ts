import { createHash } from 'node:crypto';
import type { RecordingFile } from '../../explorer/recording/files.ts';
import { parseObject } from '../../explorer/recording/json-lines.ts';
import { type Line, readLines } from '../../explorer/recording/lines.ts';
import { FORMS, RECORDED_SIGNALS, type RecordedSignal } from '../../explorer/recording/signal.ts';

/** What a line holds. */
export type Content = Sendable | NotSendable;

export interface Sendable {
  readonly kind: RecordedSignal;
  /** Spans, data points or log records. */
  readonly items: number;
  /** Whether it can be put into one request with others. */
  readonly joins: boolean;
}

export type NotSendable =
  /** Nothing to send and nothing wrong. */
  { readonly kind: 'blank' } | { readonly kind: 'broken'; readonly reason: string };

type Json = Readonly<Record<string, unknown>>;

/** Looks into a line without changing it: what is sent are its own bytes. */
export function contentOf({ bytes, isWhole }: Line): Content {
  if (bytes === undefined) return { kind: 'broken', reason: 'is too long' };
  const text = bytes.toString('utf8');
  if (text.trim() === '') return { kind: 'blank' };
  const value = parseObject(text) as Json | undefined;
  if (value === undefined)
    return { kind: 'broken', reason: isWhole ? 'is not OTLP JSON' : 'is not finished' };
  const joins = Object.keys(value).length === 1;
  const kind = RECORDED_SIGNALS.find((signal) => Array.isArray(value[FORMS[signal].lists[0]]));
  if (kind === undefined) return { kind: 'broken', reason: 'is not OTLP JSON' };
  const items = countIn(value, kind);
  return items === 0 ? { kind: 'blank' } : { kind, items, joins };
}

export function isSendable(content: Content): content is Sendable {
  return content.kind !== 'blank' && content.kind !== 'broken';
}

/**
 * One request out of lines that join. Their bytes are copied, not written anew: numbers keep every digit. Each line is
 * an object of one array, so its first and its last bracket are that array's.
 */
export function joinLines(lines: readonly Buffer[], signal: RecordedSignal): Buffer {
  const [first] = lines;
  if (lines.length === 1 && first !== undefined) return first;
  const parts = lines.flatMap((line, i) => {
    const inner = line.subarray(line.indexOf('[') + 1, line.lastIndexOf(']'));
    return i === 0 ? [inner] : [Buffer.from(','), inner];
  });
  const [key] = FORMS[signal].lists;
  return Buffer.concat([Buffer.from(`{"${key}":[`), ...parts, Buffer.from(']}')]);
}

/**
 * What a file is known by: a hash of its first line that can be sent. That line has ids and times of its own and never
 * changes while the file grows, is renamed, moved or copied. `undefined` where there is nothing to send.
 */
export async function identityOf(file: RecordingFile): Promise<string | undefined> {
  for await (const line of readLines(file)) {
    if (line.bytes === undefined || !isSendable(contentOf(line))) continue;
    return createHash('sha256').update(line.bytes).digest('hex').slice(0, 32);
  }
  return undefined;
}

function countIn(value: Json, signal: RecordedSignal): number {
  const items = FORMS[signal].lists.reduce<Json[]>(
    (parents, key) => parents.flatMap((parent) => listOf(parent[key])),
    [value],
  );
  return signal === 'metrics' ? pointsOf(items) : items.length;
}

function pointsOf(metrics: readonly Json[]): number {
  let points = 0;
  for (const metric of metrics) {
    for (const data of Object.values(metric)) {
      if (typeof data === 'object' && data !== null) points += listOf((data as Json)['dataPoints']).length;
    }
  }
  return points;
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}
