import type { Attributes } from '@opentelemetry/api';
import { isRecord } from '../protocol/json-rpc.ts';
import type { Capture } from './signal-parts.ts';

const MAX_NAME_LENGTH = 128;

/** Attributes of an `exception` event; message and stack are redacted like all captured text. */
export function exceptionAttributes(error: unknown, capture: Capture): Attributes {
  const { message, stack } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  return {
    'exception.type': errorName(error),
    ...(typeof message === 'string' && { 'exception.message': capture.text(message) }),
    ...(typeof error === 'string' && { 'exception.message': capture.text(error) }),
    ...(typeof stack === 'string' && { 'exception.stacktrace': capture.text(stack) }),
  };
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
