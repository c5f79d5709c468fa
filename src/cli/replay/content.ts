import { createHash } from 'node:crypto';
import type { RecordingFile } from '../../explorer/recording/files.ts';
import { parseObject } from '../../explorer/recording/json-lines.ts';
import { type Line, readLines } from '../../explorer/recording/lines.ts';
import type { Signal } from '../../explorer/recording/signal.ts';

/** What a line holds. */
export type Content = Sendable | NotSendable;

export interface Sendable {
  readonly kind: Signal;
  /** Spans or data points. */
  readonly items: number;
  /** Whether it can be put into one request with others. */
  readonly joins: boolean;
}

export type NotSendable =
  /** Nothing to send and nothing wrong. */
  | { readonly kind: 'blank' }
  | { readonly kind: 'logs' }
  | { readonly kind: 'broken'; readonly reason: string };

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
  const { resourceSpans, resourceMetrics, resourceLogs } = value;
  if (Array.isArray(resourceSpans)) {
    const items = count(resourceSpans, 'scopeSpans', ({ spans }) => listOf(spans).length);
    return items === 0 ? { kind: 'blank' } : { kind: 'traces', items, joins };
  }
  if (Array.isArray(resourceMetrics)) {
    const items = count(resourceMetrics, 'scopeMetrics', pointsOf);
    return items === 0 ? { kind: 'blank' } : { kind: 'metrics', items, joins };
  }
  return Array.isArray(resourceLogs) ? { kind: 'logs' } : { kind: 'broken', reason: 'is not OTLP JSON' };
}

export function isSendable(content: Content): content is Sendable {
  return content.kind === 'traces' || content.kind === 'metrics';
}

/**
 * One request out of lines that join. Their bytes are copied, not written anew: numbers keep every digit. Each line is
 * an object of one array, so its first and its last bracket are that array's.
 */
export function joinLines(lines: readonly Buffer[], signal: Signal): Buffer {
  const [first] = lines;
  if (lines.length === 1 && first !== undefined) return first;
  const parts = lines.flatMap((line, i) => {
    const inner = line.subarray(line.indexOf('[') + 1, line.lastIndexOf(']'));
    return i === 0 ? [inner] : [Buffer.from(','), inner];
  });
  const key = signal === 'traces' ? 'resourceSpans' : 'resourceMetrics';
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

function pointsOf(scopeMetrics: Json): number {
  let points = 0;
  for (const metric of listOf(scopeMetrics['metrics'])) {
    for (const data of Object.values(metric)) {
      if (typeof data === 'object' && data !== null) points += listOf((data as Json)['dataPoints']).length;
    }
  }
  return points;
}

function count(resources: readonly unknown[], scopes: string, itemsOf: (scope: Json) => number): number {
  let items = 0;
  for (const resource of listOf(resources)) {
    for (const scope of listOf(resource[scopes])) items += itemsOf(scope);
  }
  return items;
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}
