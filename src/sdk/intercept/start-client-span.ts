import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import type { Operation } from '../operation/operation.ts';
import { activeContext } from '../signals/active-context.ts';
import { KEEP_SESSION } from '../signals/context-keys.ts';
import { LINKED_ROOT } from '../signals/linked-context.ts';
import { startingContext, withOwnSpan } from '../signals/own-context.ts';
import type { ClientFacts } from './client-facts.ts';
import type { Observer } from './observer.ts';
import { spanIn } from './placement.ts';
import { handlerScope, uriOf } from './start-span.ts';
import { toolSpanFor } from './tool-spans.ts';
import { extractRemote } from './trace-context.ts';

/**
 * Starts the span of a message that a client sends: below the ambient one. A span for the same tool call that another
 * instrumentation has open there is taken instead.
 */
export function startToServer(operation: Operation, facts: ClientFacts, observer: Observer): void {
  const { operations, apart } = observer;
  const parent = startingContext(apart);
  const extra = extraOf(operation, facts, observer);
  const known = apart ? undefined : toolSpanFor(operation, spanIn(parent));
  if (known === undefined) {
    operation.span = startKept(operation, parent, facts, observer, extra);
  } else operations.borrow(operation, known, extra);
  const base = parent === ROOT_CONTEXT ? LINKED_ROOT : parent;
  operation.context = withOwnSpan(base, operation.span, false);
}

/** The context in which a request is sent: what the transport does for it hangs below its span. */
export function scopeOfSent({ span, context }: Operation, { apart }: Observer): Context {
  return apart ? withOwnSpan(activeContext(), span, true) : context;
}

/**
 * Starts the span of a message that the server sends: below the span that it names, else below that of the request in whose
 * stream it comes. What is ambient otherwise is where the client was connected.
 *
 * @param isOurs whether an open request of this connection has the span with that id.
 * @returns the context in which its handler runs.
 */
export function startFromServer(
  operation: Operation,
  meta: Readonly<Record<string, unknown>>,
  facts: ClientFacts,
  isOurs: (spanId: string) => boolean,
  observer: Observer,
): Context {
  const active = startingContext(observer.apart);
  const carried = extractRemote(meta, active, observer.propagator);
  const ambient = spanIn(active);
  const isKept =
    ambient !== undefined && (facts.destination.kind === 'in-memory' || isOurs(ambient.spanContext().spanId));
  const base = carried ?? (isKept ? active : trace.deleteSpan(active));
  const isLost = isKept && spanIn(base) === undefined;
  const parent = isLost ? trace.setSpan(base, ambient) : base;
  operation.span = startKept(operation, parent, facts, observer, extraOf(operation, facts, observer));
  return handlerScope(operation, parent, observer);
}

/** Starts a span. Those of a connection that hang below nothing are kept together, or none of them is. */
function startKept(
  operation: Operation,
  parent: Context,
  facts: ClientFacts,
  { operations }: Observer,
  extra: Readonly<Attributes>,
): Span {
  if (trace.getSpanContext(parent) !== undefined)
    return operations.start(operation, { parent, links: [] }, undefined, extra);
  const base = parent === ROOT_CONTEXT ? LINKED_ROOT : parent;
  const root = facts.isKept === undefined ? parent : base.setValue(KEEP_SESSION, facts.isKept);
  const span = operations.start(operation, { parent: root, links: [] }, undefined, extra);
  facts.isKept ??= (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
  return span;
}

function extraOf({ side, subject }: Operation, facts: ClientFacts, observer: Observer): Readonly<Attributes> {
  const said = facts.attributes(side);
  return subject?.kind === 'resource' ? { ...said, ...uriOf(subject, observer) } : said;
}
