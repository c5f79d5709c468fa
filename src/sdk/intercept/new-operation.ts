import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { newUuid } from '../new-uuid.ts';
import type { Operation, OperationConnection, Wire } from '../operation/operation.ts';
import type { RequestId } from '../protocol/json-rpc.ts';
import { isTaskRelated } from '../protocol/meta.ts';
import { isSpecMethod } from '../protocol/methods.ts';
import type { ClientSession } from '../session/client-session.ts';
import type { Observer } from './observer.ts';
import type { Received } from './received.ts';
import { hasHandler, isRegistered } from './registered.ts';

import type { HighLevelServer, LowLevelServer } from './shapes.ts';

/** The two ends of a connection: who is told, and whose server it is. */
export interface Ends extends OperationConnection {
  readonly observer: Observer;
  readonly low: LowLevelServer;
  readonly high: HighLevelServer | undefined;
  readonly answersSeen: boolean;
  /** The session id of the protocol, where the transport has one. */
  readonly protocolSessionId: string | undefined;
}

/** What is read of a message, whoever sends it. */
export interface Read extends Pick<Received, 'method' | 'subject' | 'meta' | 'protocolVersion'> {
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
  { method, subject, meta, protocolVersion, conversationId }: Read,
): Operation {
  const { observer, low, high } = connection;
  const { limits, clock, capture } = observer;
  const methodKnown = isSpecMethod(method) || hasHandler(low, method, limits);
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
    subjectKnown: subject !== undefined && isRegistered(high, subject, limits),
    taskRelated: id !== undefined && side === 'server' && (!connection.answersSeen || isTaskRelated(meta)),
    startedAt: clock.monotonic(),
    cancelRequested: false,
    handled: false,
    returned: undefined,
    extra: undefined,
    hangUp: undefined,
    thrown: undefined,
    newestStep: undefined,
    span: NO_SPAN,
    context: ROOT_CONTEXT,
  };
}
