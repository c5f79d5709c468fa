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
  parts: Pick<SignalParts, 'capture' | 'errorText' | 'exceptionEvents' | 'process'>,
  at?: number,
): void {
  if (!parts.exceptionEvents) return;
  span.addEvent(EVENT_EXCEPTION, parts.process(exceptionAttributes(error, parts)), at);
}

/** The class of what was thrown, which can have any name. */
export function errorName(error: unknown, { label }: Pick<Capture, 'label'>): string {
  // Errors of another realm (a vm context) are no instances of this realm's Error.
  const isError = error instanceof Error || (isRecord(error) && typeof error['stack'] === 'string');
  if (!isError) return typeof error;
  const { name } = error as Error;
  const own = typeof name === 'string' && name !== '' && name !== 'Error';
  return label(String((own ? name : (error as Error).constructor?.name) || 'Error')).slice(
    0,
    MAX_NAME_LENGTH,
  );
}

/** Message and stack are redacted like all captured text, and left out together. */
function exceptionAttributes(
  error: unknown,
  { capture, errorText }: Pick<SignalParts, 'capture' | 'errorText'>,
): Attributes {
  const type = { [ATTR_EXCEPTION_TYPE]: errorName(error, capture) };
  if (errorText === undefined) return type;
  const { message, stack } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  return {
    ...type,
    ...(typeof message === 'string' && { [ATTR_EXCEPTION_MESSAGE]: errorText(message) }),
    ...(typeof error === 'string' && { [ATTR_EXCEPTION_MESSAGE]: errorText(error) }),
    ...(typeof stack === 'string' && { [ATTR_EXCEPTION_STACKTRACE]: capture.text(stack) }),
  };
}
