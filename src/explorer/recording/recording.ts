import {
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_MCP_CLIENT_SESSION_ID,
  ATTR_MCP_CLIENT_SESSION_SOURCE,
  ATTR_MCP_METHOD_NAME,
} from '../../sdk/signals/semconv.ts';
import { ClientConnections, type ToldSession } from './client-connections.ts';
import { findTraceFiles, type RecordingFile } from './files.ts';
import type { OwnMessage } from './foreign/doubles.ts';
import { type ForeignSession, ForeignSessions } from './foreign/sessions.ts';
import { finish } from './foreign/steps.ts';
import type { ForeignSpan } from './foreign/types.ts';
import { type JsonLinesOptions, readJsonLines } from './json-lines.ts';
import { KeySet, spanKey, spanNumber, traceHash } from './key-set.ts';
import { type RecordedSpan, spansOf } from './otlp.ts';

/** What was recorded at a path, to be streamed as often as needed: each time the same spans in the same order. */
export interface Recording {
  readonly files: readonly RecordingFile[];
  /** Streams the spans; holds one line of one file at a time. */
  spans(options?: JsonLinesOptions): AsyncGenerator<RecordedSpan>;
}

type OwnSpan = OwnMessage & Pick<RecordedSpan, 'serviceName'>;

/** @throws {@link UnavailableError} where there is nothing to read */
export async function openRecording(path: string): Promise<Recording> {
  const files = await findTraceFiles(path);
  return {
    files,
    spans: (options) => spansWithSessions(files, options),
  };
}

/**
 * Which session a message of another instrumentation belongs to, all of them tell together: they come last, with the session
 * that they are found to be of, and where they describe what others describe too, not at all. Behind them comes what clients
 * recorded, with the session of the server that recorded it too.
 */
async function* spansWithSessions(
  files: readonly RecordingFile[],
  options: JsonLinesOptions = {},
): AsyncGenerator<RecordedSpan> {
  const foreign = new ForeignMessages();
  const clients = new ClientConnections();
  for await (const span of spansIn(files, options)) {
    if (span.foreign !== undefined) foreign.add(span, span.foreign);
    else if (span.clientSide !== undefined) clients.add(span, span.clientSide);
    else yield span;
  }
  if ((foreign.told.isEmpty && clients.isEmpty) || options.containing !== undefined) return;
  const sessions = await foreign.settle(files);
  for await (const span of spansIn(files)) {
    if (span.clientSide !== undefined) continue;
    const session = span.foreign === undefined ? undefined : sessions.get(keyOf(span));
    const told = session === undefined ? span : withSession(span, session);
    if (session !== undefined) yield told;
    if (session !== undefined || span.foreign === undefined) clients.note(told);
  }
  if (clients.isEmpty) return;
  for await (const span of spansIn(files)) {
    if (span.clientSide !== undefined) yield withSession(span, clients.sessionOf(span, span.clientSide));
  }
}

/** Of how many messages this package recorded too, by who else did. */
export async function findDoubles(files: readonly RecordingFile[]): Promise<ReadonlyMap<string, number>> {
  const messages = new ForeignMessages();
  for await (const span of spansIn(files)) if (span.foreign !== undefined) messages.add(span, span.foreign);
  await messages.settle(files);
  return messages.told.doubles();
}

/** What other instrumentations recorded. */
class ForeignMessages {
  readonly told = new ForeignSessions();
  readonly #keys = new Map<string, ForeignSpan>();

  add(recorded: RecordedSpan, span: ForeignSpan): void {
    const key = keyOf(recorded);
    if (this.#keys.has(key)) return;
    this.#keys.set(key, span);
    this.told.add(span.service);
  }

  /** The session of each, by its key. */
  async settle(files: readonly RecordingFile[]): Promise<ReadonlyMap<string, ForeignSession | undefined>> {
    if (this.told.isEmpty) return new Map();
    const own: OwnSpan[] = [];
    const keys = new KeySet();
    for await (const span of spansIn(files)) {
      const message = this.told.has(span.serviceName) ? ownMessage(span) : undefined;
      if (message !== undefined && keys.add(span.traceId, span.spanId, 1) === 0) own.push(message);
    }
    const found = finish(
      this.told.settle(
        () => this.#keys.values(),
        (service) => own.filter(({ serviceName }) => (serviceName ?? '') === service),
      ),
    );
    return new Map([...this.#keys].map(([key, span]) => [key, found.get(span)]));
  }
}

async function* spansIn(
  files: readonly RecordingFile[],
  options?: JsonLinesOptions,
): AsyncGenerator<RecordedSpan> {
  for await (const exported of readJsonLines(files, options)) yield* spansOf(exported);
}

function keyOf({ traceId, spanId }: RecordedSpan): string {
  return `${traceId}${spanId}`;
}

function ownMessage(recorded: RecordedSpan): OwnSpan | undefined {
  const { attributes, foreign, serviceName, process, startMs, endMs } = recorded;
  const method = attributes.get(ATTR_MCP_METHOD_NAME);
  if (typeof method !== 'string' || foreign !== undefined || recorded.clientSide !== undefined)
    return undefined;
  const tool = attributes.get(ATTR_GEN_AI_TOOL_NAME);
  return {
    method,
    tool: typeof tool === 'string' ? tool : undefined,
    serviceName,
    process,
    span: spanNumber(traceHash(recorded.traceId), spanKey(recorded.spanId)),
    startMs,
    endMs,
  };
}

function withSession(span: RecordedSpan, { id, source }: ToldSession): RecordedSpan {
  const attributes = new Map(span.attributes).set(ATTR_MCP_CLIENT_SESSION_ID, id);
  if (source !== undefined) attributes.set(ATTR_MCP_CLIENT_SESSION_SOURCE, source);
  return { ...span, attributes };
}
