import { type Context, type Span, TraceFlags, trace } from '@opentelemetry/api';
import { activeContext, activeValue } from './active-context.ts';
import { OWN_SPAN } from './context-keys.ts';

/**
 * Where a span of ours starts.
 *
 * @param apart - the application's spans go elsewhere: ours hang below each other, and below one of the application only where
 *   none of ours is there. One that was not sampled, such as a library that wants errors only puts around every request,
 *   would keep ours from being recorded
 */
export function startingContext(apart: boolean): Context {
  const active = activeContext();
  if (!apart) return active;
  const own = activeValue(OWN_SPAN) as Span | undefined;
  if (own !== undefined) return trace.setSpan(active, own);
  const span = trace.getSpanContext(active);
  return span === undefined || (span.traceFlags & TraceFlags.SAMPLED) !== 0
    ? active
    : trace.deleteSpan(active);
}

/** The context of code that runs in a span of ours. Where it is apart, the application's spans do not hang below it. */
export function withOwnSpan(scope: Context, span: Span, apart: boolean): Context {
  return apart ? scope.setValue(OWN_SPAN, span) : trace.setSpan(withoutOwnSpan(scope), span);
}

/** The innermost span in which the code of an operation runs, of those that go where the operation's own does. */
export function innermostSpan(): Span | undefined {
  return (activeValue(OWN_SPAN) as Span | undefined) ?? trace.getSpan(activeContext());
}

/** That of another manager, whose spans are apart, is not ours. */
function withoutOwnSpan(scope: Context): Context {
  return scope.getValue(OWN_SPAN) === undefined ? scope : scope.deleteValue(OWN_SPAN);
}
