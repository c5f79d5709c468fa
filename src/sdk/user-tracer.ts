import type { Context, Span, SpanOptions, Tracer } from '@opentelemetry/api';
import { activeContext, runInContext } from './signals/active-context.ts';
import { startingContext, withOwnSpan } from './signals/own-context.ts';

type InSpan = (span: Span) => unknown;

/** For spans of the user's own where ours are apart: they hang below ours, and the application's do not hang below them. */
export function apartTracer(tracer: Tracer): Tracer {
  const startSpan: Tracer['startSpan'] = (name, options, scope = startingContext(true)) =>
    tracer.startSpan(name, options, scope);
  const startActiveSpan = (name: string, ...rest: unknown[]): unknown => {
    const fn = rest.pop() as InSpan;
    const [options, scope] = rest as [SpanOptions?, Context?];
    const span = startSpan(name, options, scope);
    return runInContext(withOwnSpan(scope ?? activeContext(), span, true), () => fn(span));
  };
  return { startSpan, startActiveSpan } as Tracer;
}
