import type { Context, Span } from '@opentelemetry/api';
import type { RequestId } from '../protocol/json-rpc.ts';
import type { Subject } from '../protocol/methods.ts';
import type { ClientSession } from '../session/client-session.ts';

/** What the connection says of itself, in the words of the conventions. */
export interface Wire {
  networkTransport: string | undefined;
  networkProtocolName: string | undefined;
  networkProtocolVersion: string | undefined;
  /** Where a client's messages go, as data points have it. */
  serverAddress?: string | undefined;
  serverPort?: number | undefined;
}

/** What the handler of a request returned or threw. */
export type HandlerOutcome = { result: unknown } | { error: unknown };

/** The connection that an operation belongs to. */
export interface OperationConnection {
  /** Of an observed client. */
  readonly isOfClient?: boolean;
  /** Told when the handler of `operation` is done. */
  settled(operation: Operation, extra: unknown, outcome: HandlerOutcome): void;
  /** Told when `operation` was cancelled long ago and its handler is still at work. */
  abandoned(operation: Operation): void;
}

/** One request or notification on its way. */
export interface Operation {
  /** `server`: the end that is observed received it; `client`: it sent it. */
  readonly side: 'server' | 'client';
  readonly method: string;
  /** The id on the wire; `undefined` for a notification. */
  readonly id: RequestId | undefined;
  readonly connection: OperationConnection;
  /** `mcp.request.id`: one UUID per request received. */
  readonly requestUuid: string | undefined;
  readonly session: ClientSession | undefined;
  /** What the client calls the conversation, redacted. */
  readonly conversationId: string | undefined;
  /** The session id of the protocol. */
  readonly protocolSessionId: string | undefined;
  readonly subject: Subject | undefined;
  readonly wire: Wire;
  protocolVersion: string | undefined;
  /** Whether the server has a handler for `method`; other methods are `_OTHER` on metrics. */
  readonly methodKnown: boolean;
  /** Whether the server registered the tool or prompt that `subject` names. */
  subjectKnown: boolean;
  /** Bytes of the messages, where they can be told. */
  requestSize: number | undefined;
  responseSize: number | undefined;
  /** Responses of requests that belong to a task are queued, not sent. */
  readonly taskRelated: boolean;
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
  /** Of a request that is sent: Unix milliseconds since when, and milliseconds for how long its sender waits. */
  timeout: { readonly since: number; readonly after: number } | undefined;
  cancelRequested: boolean;
  /** Whether its handler was called, where that can be seen. */
  handled: boolean;
  /** The promise of its handler, where nothing listens to it yet. */
  returned: Promise<unknown> | undefined;
  /** The request as its client handed it to the transport, which may send the same again. */
  sent: unknown;
  /** What the SDK gave its handler beside the request. */
  extra: unknown;
  /** Aborted when the client hangs up, where that is how it cancels: over HTTP, since MCP 2026-07-28. */
  hangUp: AbortSignal | undefined;
  /** What the handler threw, where it could be seen. */
  thrown: unknown;
  /** What the newest step of the tool's handler returned, where the steps can be seen. */
  newestStep: unknown;
  /** Whether `span` is another instrumentation's: it gets attributes, and is not ours to end. */
  borrowed: boolean;
  span: Span;
  context: Context;
}
