import { isRecord, type JsonRpcResponse } from './json-rpc.ts';

/** How a request ended. */
export type Outcome =
  | { kind: 'ok'; result: unknown }
  | { kind: 'tool_error'; result: unknown }
  | { kind: 'rpc_error'; code: number; message: string }
  | { kind: 'cancelled'; abandoned?: true }
  | { kind: 'timeout' }
  | { kind: 'connection_closed' }
  | { kind: 'unsent' }
  | { kind: 'sent' };

export const SENT: Outcome = { kind: 'sent' };
export const CANCELLED: Outcome = { kind: 'cancelled' };
/** Cancelled, and its handler went on regardless. */
export const ABANDONED: Outcome = { kind: 'cancelled', abandoned: true };
export const TIMEOUT: Outcome = { kind: 'timeout' };
export const CONNECTION_CLOSED: Outcome = { kind: 'connection_closed' };
/** What the transport threw says why. */
export const UNSENT: Outcome = { kind: 'unsent' };
export const METHOD_NOT_FOUND: Outcome = { kind: 'rpc_error', code: -32601, message: 'Method not found' };

const INTERNAL_ERROR = -32603;

/**
 * The codes that are the caller's doing; they do not make a server span an error.
 * Parse error, invalid request, method not found, invalid params (JSON-RPC 2.0, section 5.1), resource not found (MCP).
 */
const CALLER_ERRORS: ReadonlySet<number> = new Set([-32700, -32600, -32601, -32602, -32002]);

export function isCallerError(code: number): boolean {
  return CALLER_ERRORS.has(code);
}

/** What a JSON-RPC response says. `input_required` and task results are results like others. */
export function outcomeOf(response: JsonRpcResponse): Outcome {
  if (response.error !== undefined) return errorOutcome(response.error);
  return resultOutcome(response.result);
}

export function resultOutcome(result: unknown): Outcome {
  return isRecord(result) && result['isError'] === true
    ? { kind: 'tool_error', result }
    : { kind: 'ok', result };
}

/** Reads a JSON-RPC error object, or what a handler threw: both SDKs make one from the other by these fields. */
export function errorOutcome(error: unknown): Outcome {
  const fields =
    typeof error === 'object' && error !== null ? (error as { code?: unknown; message?: unknown }) : {};
  return {
    kind: 'rpc_error',
    code: Number.isSafeInteger(fields.code) ? (fields.code as number) : INTERNAL_ERROR,
    message: typeof fields.message === 'string' ? fields.message : '',
  };
}

/** More than is ever recorded of a failure. */
const MAX_FAILURE_TEXT = 4_096;

/** What the result of a failed tool says, in all of its texts; `undefined` where it has none. */
export function failureText(result: unknown): string | undefined {
  const content = isRecord(result) ? result['content'] : undefined;
  if (!Array.isArray(content)) return undefined;
  let said = '';
  for (const item of content) {
    const text = isRecord(item) && item['type'] === 'text' ? item['text'] : undefined;
    if (typeof text !== 'string') continue;
    said += said === '' ? text : `\n${text}`;
    if (said.length > MAX_FAILURE_TEXT) break;
  }
  return said === '' ? undefined : said;
}

/** Whether the client was told of a failure: any JSON-RPC error, or `isError`. */
export function isFailure(outcome: Outcome): boolean {
  return outcome.kind === 'rpc_error' || outcome.kind === 'tool_error';
}
