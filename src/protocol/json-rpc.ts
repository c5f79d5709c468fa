/** Guards for JSON-RPC 2.0 messages. They take anything, look at own shapes only and never throw on plain data. */

export type RequestId = string | number;

export interface JsonRpcRequest {
  id: RequestId;
  method: string;
  params?: unknown;
}

export interface JsonRpcNotification {
  method: string;
  params?: unknown;
}

export interface JsonRpcResponse {
  id: RequestId;
  result?: unknown;
  error?: unknown;
}

export type Message =
  | { kind: 'request'; message: JsonRpcRequest }
  | { kind: 'notification'; message: JsonRpcNotification }
  | { kind: 'response'; message: JsonRpcResponse }
  | { kind: 'other' };

const OTHER: Message = { kind: 'other' };

/** Says which kind of JSON-RPC message `value` is. Ids 0 and "" are legal. */
export function classify(value: unknown): Message {
  if (!isRecord(value)) return OTHER;
  const { id, method } = value;
  const hasId = typeof id === 'string' || typeof id === 'number';
  if (typeof method === 'string') {
    if (hasId) return { kind: 'request', message: value as unknown as JsonRpcRequest };
    return id === undefined
      ? { kind: 'notification', message: value as unknown as JsonRpcNotification }
      : OTHER;
  }
  if (hasId && ('result' in value || 'error' in value)) {
    return { kind: 'response', message: value as unknown as JsonRpcResponse };
  }
  return OTHER;
}

/** Whether both SDKs take `message` for JSON-RPC. What is not well-formed they drop, and never answer. */
export function isWellFormed(message: JsonRpcNotification & { id?: RequestId }): boolean {
  for (const key in message) {
    // Compared, not looked up: this runs for every message.
    if (key !== 'jsonrpc' && key !== 'id' && key !== 'method' && key !== 'params') return false;
  }
  const { jsonrpc, id, params } = message as JsonRpcNotification & { jsonrpc?: unknown; id?: RequestId };
  if (jsonrpc !== '2.0' || (typeof id === 'number' && !Number.isInteger(id))) return false;
  if (params === undefined) return true;
  if (!isRecord(params)) return false;
  const meta = params['_meta'];
  return meta === undefined || (isRecord(meta) && isProgressToken(meta['progressToken']));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function stringOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isProgressToken(value: unknown): boolean {
  return value === undefined || typeof value === 'string' || Number.isInteger(value);
}
