import {
  type Context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import type { Operation } from '../operation/operation.ts';
import type { ClientSession } from '../session/client-session.ts';
import type { Placement } from '../signals/operation-signals.ts';
import { startingContext } from '../signals/own-context.ts';
import type { Observer } from './observer.ts';
import type { Received } from './received.ts';
import type { TransportKind } from './shapes.ts';
import { extractRemote, extractSent } from './trace-context.ts';

/**
 * Where the span of a message from the client hangs: below the sender's span, else below the ambient one, else below the one
 * that the HTTP headers name, else in the session's own trace. What it does not hang below becomes a link.
 */
export function placeReceived(
  { session }: Operation,
  received: Received,
  kind: TransportKind,
  { propagator, sessions, clock, apart }: Observer,
): Placement {
  const { meta } = received;
  const active = startingContext(apart);
  const carried = extractRemote(meta, active, propagator);
  const remote = carried === undefined ? undefined : spanIn(carried);
  // What is ambient when stdin has data is where the server was started, not who sent the message.
  const ambient = kind === 'stdio' ? undefined : spanIn(active);
  const base = carried ?? (kind === 'stdio' ? trace.deleteSpan(active) : active);
  const links: Link[] = [];
  if (remote === undefined && ambient === undefined) {
    const sent = kind === 'http' ? extractSent(received, active, propagator) : undefined;
    const sender = sent === undefined ? undefined : spanIn(sent);
    if (sent !== undefined && sender !== undefined) {
      if (isSampled(sender.spanContext())) {
        linkToSession(links, session, sessions);
        return { parent: sent, links };
      }
      // Of a gateway that samples for itself, such as Cloud Run's: it would leave out most requests of a session.
      links.push({ context: sender.spanContext() });
    }
    const own = session === undefined ? undefined : sessions.contextFor(session, clock.now());
    return { parent: withSpanOf(own, sent === undefined ? base : trace.deleteSpan(sent)), links };
  }
  // Within one process, what is ambient can be the sender's span itself.
  if (remote !== undefined && ambient !== undefined && spanIdOf(ambient) !== spanIdOf(remote))
    links.push({ context: ambient.spanContext() });
  linkToSession(links, session, sessions);
  const parent = remote === undefined && carried !== undefined ? trace.setSpan(base, ambient as Span) : base;
  return { parent, links };
}

/** Where the span of a message from the server hangs: below the span in which it is sent, else in the session's trace. */
export function placeSent(
  session: ClientSession | undefined,
  { sessions, clock, apart }: Observer,
): Placement {
  const active = startingContext(apart);
  const links: Link[] = [];
  if (spanIn(active) === undefined && session !== undefined) {
    return { parent: withSpanOf(sessions.contextFor(session, clock.now()), active), links };
  }
  linkToSession(links, session, sessions);
  return { parent: active, links };
}

function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

function withSpanOf(source: Context | undefined, target: Context): Context {
  if (source !== undefined && target === ROOT_CONTEXT) return source;
  const span = source === undefined ? undefined : trace.getSpan(source);
  return span === undefined ? target : trace.setSpan(target, span);
}

function linkToSession(
  links: Link[],
  session: ClientSession | undefined,
  sessions: Observer['sessions'],
): void {
  const link = sessions.linkTo(session);
  if (link !== undefined) links.push(link);
}

/** The span of a context, where it is one. */
export function spanIn(place: Context): Span | undefined {
  const span = trace.getSpan(place);
  return span !== undefined && isSpanContextValid(span.spanContext()) ? span : undefined;
}

function spanIdOf(span: Span): string {
  return span.spanContext().spanId;
}
