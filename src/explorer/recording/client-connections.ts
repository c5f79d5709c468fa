import {
  ATTR_MCP_CLIENT_SESSION_ID,
  ATTR_MCP_CLIENT_SESSION_SOURCE,
  ATTR_MCP_METHOD_NAME,
  ATTR_MCP_PROTOCOL_SESSION_ID,
} from '../../sdk/signals/semconv.ts';
import { type ClientSide, PairedSessions, SOURCE_CLIENT } from './client-side.ts';
import { spanKey, traceHash, wideNumber } from './key-set.ts';
import type { RecordedSpan } from './otlp.ts';
import { isUnique, scopedId } from './scoped-id.ts';

/** A session, and where its id comes from, as far as the span is to tell it. */
export interface ToldSession {
  readonly id: string;
  readonly source: string | undefined;
}

/** What is known of a connection of an instrumented client. */
interface Connection {
  readonly sessions: PairedSessions<string>;
  /** As the protocol has it. */
  protocolId: string | undefined;
}

/** A request of a client. */
interface Request {
  readonly connection: Connection;
  readonly method: string | undefined;
  session: string | undefined;
}

/**
 * Which sessions of servers the spans of instrumented clients are of: a request is of the one whose span hangs directly below
 * it, and what else the connection has is with the request before it. Without any such request the session id of the protocol
 * tells, and without that the connection is a session that only the client recorded.
 */
export class ClientConnections {
  readonly #connections = new Map<string, Connection>();
  readonly #requests = new Map<number, Request>();
  /** Those that connections have, with the session once it is known. */
  readonly #byProtocolId = new Map<string, string | undefined>();

  get isEmpty(): boolean {
    return this.#connections.size === 0;
  }

  /** All that clients recorded, before the first {@link note}. */
  add(span: RecordedSpan, { connection: id }: ClientSide): void {
    const connection = this.#connections.get(id) ?? { sessions: new PairedSessions(), protocolId: undefined };
    this.#connections.set(id, connection);
    connection.protocolId ??= textOf(span, ATTR_MCP_PROTOCOL_SESSION_ID);
    if (connection.protocolId !== undefined) this.#byProtocolId.set(connection.protocolId, undefined);
    if (span.kind !== 'server') return;
    const method = textOf(span, ATTR_MCP_METHOD_NAME);
    this.#requests.set(keyOf(span, span.spanId), { connection, method, session: undefined });
  }

  /** A span of a server, with its session where it has one. */
  note(span: RecordedSpan): void {
    const id = textOf(span, ATTR_MCP_CLIENT_SESSION_ID);
    if (id === undefined) return;
    const source = textOf(span, ATTR_MCP_CLIENT_SESSION_SOURCE);
    const session = span.foreign === undefined ? scopedId(id, source, span.serviceName) : id;
    const protocolId = span.foreign?.protocolId ?? textOf(span, ATTR_MCP_PROTOCOL_SESSION_ID) ?? id;
    if (this.#byProtocolId.has(protocolId) && this.#byProtocolId.get(protocolId) === undefined)
      this.#byProtocolId.set(protocolId, session);
    if (span.parentSpanId === undefined || span.kind !== 'server') return;
    const request = this.#requests.get(keyOf(span, span.parentSpanId));
    if (request === undefined || request.method !== textOf(span, ATTR_MCP_METHOD_NAME)) return;
    request.session ??= session;
    request.connection.sessions.add(span.startMs, session);
  }

  /** The session of what a client recorded. */
  sessionOf(span: RecordedSpan, { connection: id }: ClientSide): ToldSession {
    const connection = this.#connections.get(id);
    const own = this.#requests.get(keyOf(span, span.spanId))?.session;
    const session = own ?? connection?.sessions.at(span.startMs) ?? this.#ofProtocol(connection?.protocolId);
    return session === undefined ? { id, source: SOURCE_CLIENT } : { id: session, source: undefined };
  }

  /** Others may have an id that is not unique. */
  #ofProtocol(protocolId: string | undefined): string | undefined {
    return protocolId === undefined || !isUnique(protocolId) ? undefined : this.#byProtocolId.get(protocolId);
  }
}

function keyOf({ traceId }: RecordedSpan, spanId: string): number {
  return wideNumber(traceHash(traceId), spanKey(spanId));
}

function textOf({ attributes }: RecordedSpan, key: string): string | undefined {
  const value = attributes.get(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
