import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { newUuid } from '../new-uuid.ts';
import type { Operation, OperationConnection, Wire } from '../operation/operation.ts';
import type { RequestId } from '../protocol/json-rpc.ts';
import { isTaskRelated } from '../protocol/meta.ts';
import { isSpecMethod, type Subject } from '../protocol/methods.ts';
import type { ClientSession } from '../session/client-session.ts';
import type { Observer } from './observer.ts';
import type { Received } from './received.ts';
/** The end of a connection that is observed. */
export interface Ends extends OperationConnection {
  readonly observer: Observer;
  readonly answersSeen: boolean;
  /** The session id of the protocol, where the transport has one. */
  readonly protocolSessionId: string | undefined;
  /** Whether a method that no specification revision defines may be a value of metrics. */
  knowsMethod(method: string): boolean;
  /** Whether the name of a tool or a prompt may be one. */
  knowsSubject(subject: Subject): boolean;
}

/** What is read of a message, whoever sends it. */
export interface Read extends Pick<Received, 'method' | 'subject' | 'meta' | 'protocolVersion' | 'size'> {
  /** As the span shows it. */
  conversationId: string | undefined;
}

/** Stands until the span is started. */
const NO_SPAN = trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 });

/** An operation that begins now, without its span. */
export function newOperation(
  connection: Ends,
  side: 'server' | 'client',
  id: RequestId | undefined,
  session: ClientSession | undefined,
  wire: Wire,
  { method, subject, meta, protocolVersion, size, conversationId }: Read,
): Operation {
  const { clock, capture } = connection.observer;
  const methodKnown = isSpecMethod(method) || connection.knowsMethod(method);
  return {
    side,
    method: methodKnown ? method : capture.label(method),
    id,
    connection,
    requestUuid: side === 'server' && id !== undefined ? newUuid() : undefined,
    session,
    conversationId,
    protocolSessionId: connection.protocolSessionId,
    subject,
    wire,
    protocolVersion: protocolVersion ?? session?.facts.protocolVersion,
    methodKnown,
    subjectKnown: subject !== undefined && connection.knowsSubject(subject),
    requestSize: size,
    responseSize: undefined,
    taskRelated: id !== undefined && side === 'server' && (!connection.answersSeen || isTaskRelated(meta)),
    startedAt: clock.monotonic(),
    timeout: undefined,
    cancelRequested: false,
    handled: false,
    returned: undefined,
    sent: undefined,
    extra: undefined,
    hangUp: undefined,
    thrown: undefined,
    newestStep: undefined,
    borrowed: false,
    span: NO_SPAN,
    context: ROOT_CONTEXT,
  };
}
