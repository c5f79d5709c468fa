import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { logsOf } from './logs.ts';
import { type Random, randomFrom } from './random.ts';
import { type MadeSpan, sessionSpans } from './session.ts';

export interface RecordingSize {
  readonly spans: number;
  readonly sessions: number;
}

export interface Recorded {
  readonly dir: string;
  readonly files: number;
  readonly bytes: number;
  readonly spans: number;
  readonly sessions: number;
  /** Log records. */
  readonly logs: number;
  /** When the last session begins: the time from which on it is looked at. Unix milliseconds. */
  readonly lastMs: number;
}

/** As much as an exporter sends at once. */
const SPANS_PER_LINE = 512;
/** Sessions that are open at a time, so that a line holds spans of all of them. */
const AT_A_TIME = 50;
const FILE_BYTES = 16 * 1024 * 1024;
/** 2026-11-20T13:00:00Z */
const FIRST_MS = 1_795_179_600_000;
const APART_MS = 10 * 60_000;
/** So many sessions hold one that another instrumentation records. */
const FOREIGN_EVERY = 10;

/** Writes a recording as one server would have written it: the same for the same size, bytes and all. */
export async function writeRecording(
  dir: string,
  { spans, sessions }: RecordingSize,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Recorded> {
  mkdirSync(dir, { recursive: true });
  const random = randomFrom(4711);
  const [files, logFiles] = [new Files(dir, 'traces'), new Files(dir, 'logs')];
  const perSession = Math.max(8, Math.round(spans / sessions));
  let [written, logs] = [0, 0];
  for (let first = 0; first < sessions; first += AT_A_TIME) {
    signal.throwIfAborted();
    const startMs = FIRST_MS + (first / AT_A_TIME) * APART_MS;
    const made = together(random, first, Math.min(AT_A_TIME, sessions - first), perSession, startMs);
    for (let i = 0; i < made.length; i += SPANS_PER_LINE) {
      const batch = made.slice(i, i + SPANS_PER_LINE);
      for (const isForeign of [false, true]) {
        const spans = batch.filter((span) => span.isForeign === isForeign);
        if (spans.length > 0) await files.write(lineOf(spans, isForeign));
      }
      const { line, count } = logsOf(batch);
      await logFiles.write(line);
      logs += count;
    }
    written += made.length;
    if ((first / AT_A_TIME) % 40 === 0) say(`writing a recording: ${written} spans`);
    await setImmediate();
  }
  await files.close();
  await logFiles.close();
  const lastMs = FIRST_MS + Math.ceil(sessions / AT_A_TIME) * APART_MS;
  const [count, bytes] = [files.count + logFiles.count, files.bytes + logFiles.bytes];
  return { dir, files: count, bytes, spans: written, sessions, logs, lastMs };
}

/** Spans of sessions that are open at the same time, as they end. */
function together(
  random: Random,
  first: number,
  count: number,
  perSession: number,
  startMs: number,
): MadeSpan[] {
  const made: MadeSpan[] = [];
  for (let i = 0; i < count; i += 1) {
    const number = first + i;
    const at = startMs + random.below(APART_MS / 4);
    made.push(...sessionSpans(random, number, perSession, at, number % FOREIGN_EVERY === 1));
  }
  return made.sort((a, b) => a.endMs - b.endMs);
}

function lineOf(spans: readonly MadeSpan[], isForeign: boolean): string {
  const resource = {
    attributes: [
      { key: 'service.name', value: { stringValue: isForeign ? 'bench of others' : 'bench' } },
      { key: 'service.version', value: { stringValue: '1.0.0' } },
      { key: 'service.instance.id', value: { stringValue: '7d8c3f52-0000-4000-8000-000000004711' } },
    ],
  };
  const scope = isForeign ? { name: 'fastmcp' } : { name: 'mcp-sessionscope', version: '0.1.0' };
  const json = spans.map(({ json }) => json);
  return `${JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans: json }] }] })}\n`;
}

/** Files that are rotated as the file exporter rotates them. */
class Files {
  readonly #dir: string;
  readonly #signal: string;
  count = 0;
  bytes = 0;
  #handle: Awaited<ReturnType<typeof open>> | undefined;
  #left = 0;

  constructor(dir: string, signal: string) {
    this.#dir = dir;
    this.#signal = signal;
  }

  async write(line: string): Promise<void> {
    const data = Buffer.from(line);
    if (this.#handle === undefined || this.#left < data.length) {
      await this.close();
      const number = this.count === 0 ? '' : `.${this.count}`;
      this.#handle = await open(
        join(this.#dir, `bench-20261120T130000Z-4711.${this.#signal}${number}.jsonl`),
        'w',
      );
      this.#left = FILE_BYTES;
      this.count += 1;
    }
    await this.#handle.write(data);
    this.#left -= data.length;
    this.bytes += data.length;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }
}
