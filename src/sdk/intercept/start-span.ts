import { type Attributes, type Context, trace } from '@opentelemetry/api';
import type { Operation } from '../operation/operation.ts';
import type { Subject } from '../protocol/methods.ts';
import type { ClientSession } from '../session/client-session.ts';
import { activeContext } from '../signals/active-context.ts';
import { clientAttributes } from '../signals/attributes.ts';
import { CURRENT_OPERATION, OWN_SPAN } from '../signals/context-keys.ts';
import { LinkedContext } from '../signals/linked-context.ts';
import { withOwnSpan } from '../signals/own-context.ts';
import * as semconv from '../signals/semconv.ts';
import type { HttpPeer } from './http-peer.ts';
import type { Observer } from './observer.ts';
import { placeReceived, placeSent } from './placement.ts';
import type { Received } from './received.ts';
import type { TransportKind } from './shapes.ts';

/**
 * Starts the span of a message from the client.
 *
 * @returns the context in which its handler runs.
 */
export function startReceived(
  operation: Operation,
  received: Received,
  kind: TransportKind,
  observer: Observer,
): Context {
  const placement = placeReceived(operation, received, kind, observer);
  operation.span = observer.operations.start(
    operation,
    placement,
    kind === 'http' ? received : undefined,
    extraOf(received, operation.session, observer),
  );
  return handlerScope(operation, placement.parent, observer);
}

/** The context in which the handler of a message runs, whose span has started below `parent`. */
export function handlerScope(operation: Operation, parent: Context, observer: Observer): Context {
  const { span } = operation;
  operation.context = withOwnSpan(parent, span, false);
  // What the application makes in its handler is there as it would be without us.
  const scope = observer.apart ? new LinkedContext(activeContext(), OWN_SPAN, span) : operation.context;
  return new LinkedContext(scope, CURRENT_OPERATION, operation);
}

/**
 * Starts the span of a message from the server.
 *
 * @param http the HTTP request in whose handler it is sent, where it answers to the same client.
 */
export function startSent(operation: Operation, http: HttpPeer | undefined, observer: Observer): void {
  const placement = placeSent(operation.session, observer);
  const extra = uriOf(operation.subject, observer);
  if (http?.localAddress !== undefined) extra[semconv.ATTR_SERVER_ADDRESS] = http.localAddress;
  if (http?.localPort !== undefined) extra[semconv.ATTR_SERVER_PORT] = http.localPort;
  operation.span = observer.operations.start(operation, placement, undefined, extra);
  operation.context = trace.setSpan(placement.parent, operation.span);
}

function extraOf(received: Received, session: ClientSession | undefined, observer: Observer): Attributes {
  const attributes = uriOf(received.subject, observer);
  // With a session, its facts say it.
  if (session === undefined) Object.assign(attributes, clientAttributes(received.client));
  const user = observer.identifyUser(received.authInfo);
  if (user !== undefined) attributes[semconv.ATTR_ENDUSER_PSEUDO_ID] = user;
  return attributes;
}

/** The URI of a resource, redacted. */
export function uriOf(subject: Subject | undefined, { capture }: Observer): Attributes {
  return subject?.kind === 'resource' ? { [semconv.ATTR_MCP_RESOURCE_URI]: capture.text(subject.value) } : {};
}
