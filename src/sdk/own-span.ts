import { types } from 'node:util';
import { type Attributes, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Core } from './core.ts';
import { guard } from './diagnostics/guard.ts';
import { activeContext, runInContext } from './signals/active-context.ts';
import { sessionIdentity } from './signals/attributes.ts';
import { currentOperation } from './signals/current-operation.ts';
import { addException, errorName } from './signals/exception.ts';
import { expressibleAttributes } from './signals/expressible.ts';
import { startingContext, withOwnSpan } from './signals/own-context.ts';
import { ATTR_ERROR_TYPE, ATTR_MCP_REQUEST_ID } from './signals/semconv.ts';
import { followThenable, isThenable } from './thenable.ts';
import type { SpanFunction } from './types.ts';

/**
 * Runs `fn` in a span of the user's own; see `TelemetryManager.startActiveSpan`.
 *
 * @param core - `undefined` where it could not be built: nothing is recorded
 */
export function runOwnSpan<T>(
  core: Core | undefined,
  name: string,
  attributes: Attributes,
  fn: SpanFunction<T>,
): T {
  if (core === undefined) return fn(noSpan());
  const { apart } = core;
  const span =
    guard('starting a span', () =>
      core.tracer.startSpan(
        name,
        { attributes: core.process(spanAttributes(core, attributes)) },
        startingContext(apart),
      ),
    ) ?? noSpan();
  return runInContext(withOwnSpan(activeContext(), span, apart), () => runInSpan(core, span, fn));
}

function noSpan(): Span {
  return trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 });
}

/** Only what the user gives is redacted: an id of ours that looks like a card number is still an id. */
function spanAttributes(core: Core, attributes: Attributes): Attributes {
  const operation = currentOperation();
  return {
    ...sessionIdentity(core.identity, operation?.session, operation?.protocolSessionId),
    ...(operation?.requestUuid !== undefined && { [ATTR_MCP_REQUEST_ID]: operation.requestUuid }),
    ...expressibleAttributes(core.capture.attributes(attributes ?? {})),
  };
}

function runInSpan<T>(core: Core, span: Span, fn: SpanFunction<T>): T {
  const failed = (error: unknown): void => {
    guard('recording an exception', () => {
      addException(span, error, core);
      span.setAttributes(core.process({ [ATTR_ERROR_TYPE]: errorName(error, core.capture) }));
      span.setStatus({ code: SpanStatusCode.ERROR });
    });
    endOnce(span);
  };
  let result: T;
  try {
    result = fn(span);
  } catch (error) {
    failed(error);
    throw error;
  }
  if (types.isPromise(result)) return followPromise(result, () => endOnce(span), failed) as T;
  const isFollowed = guard('following a thenable', () => {
    return isThenable(result) && followThenable(result, { succeeded: () => endOnce(span), failed });
  });
  if (isFollowed !== true) endOnce(span);
  return result;
}

/** The promise that follows, so that a rejection which nobody handles is still reported as one. */
function followPromise(
  promise: Promise<unknown>,
  succeeded: () => void,
  failed: (error: unknown) => void,
): Promise<unknown> {
  return promise.then(
    (value) => {
      succeeded();
      return value;
    },
    (error) => {
      failed(error);
      throw error;
    },
  );
}

/** Users of other packages end the span themselves. */
function endOnce(span: Span): void {
  guard('ending a span', () => {
    if (span.isRecording()) span.end();
  });
}
