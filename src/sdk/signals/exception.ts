import type { Attributes, Span } from '@opentelemetry/api';
import { isRecord } from '../protocol/json-rpc.ts';
import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
  EVENT_EXCEPTION,
} from './semconv.ts';
import type { Capture, SignalParts } from './signal-parts.ts';

const MAX_NAME_LENGTH = 128;

/** Records what was thrown as an event of `span`, unless exceptions are wanted as logs. `at` is when, where not now. */
export function addException(
  span: Span,
  error: unknown,
  parts: Pick<SignalParts, 'capture' | 'exceptionEvents' | 'process'>,
  at?: number,
): void {
  if (!parts.exceptionEvents) return;
  span.addEvent(EVENT_EXCEPTION, parts.process(exceptionAttributes(error, parts.capture)), at);
}

/** The class of what was thrown. */
export function errorName(error: unknown): string {
  // Errors of another realm (a vm context) are no instances of this realm's Error.
  const isError = error instanceof Error || (isRecord(error) && typeof error['stack'] === 'string');
  if (!isError) return typeof error;
  const { name } = error as Error;
  const own = typeof name === 'string' && name !== '' && name !== 'Error';
  return String((own ? name : (error as Error).constructor?.name) || 'Error').slice(0, MAX_NAME_LENGTH);
}

/** Message and stack are redacted like all captured text. */
function exceptionAttributes(error: unknown, capture: Capture): Attributes {
  const { message, stack } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  return {
    [ATTR_EXCEPTION_TYPE]: errorName(error),
    ...(typeof message === 'string' && { [ATTR_EXCEPTION_MESSAGE]: capture.text(message) }),
    ...(typeof error === 'string' && { [ATTR_EXCEPTION_MESSAGE]: capture.text(error) }),
    ...(typeof stack === 'string' && { [ATTR_EXCEPTION_STACKTRACE]: capture.text(stack) }),
  };
}
