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

/** Which of the three `value` is. Ids 0 and "" are legal. Looks at each member once: it is asked of every message. */
export function messageKind(value: unknown): 'request' | 'notification' | 'response' | undefined {
  if (!isRecord(value)) return undefined;
  const { method, id } = value;
  if (typeof method !== 'string') {
    return isId(id) && ('result' in value || 'error' in value) ? 'response' : undefined;
  }
  if (isId(id)) return 'request';
  return id === undefined ? 'notification' : undefined;
}

export function isRequest(value: unknown): value is JsonRpcRequest {
  return messageKind(value) === 'request';
}

export function isResponse(value: unknown): value is JsonRpcResponse {
  return messageKind(value) === 'response';
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

function isId(value: unknown): value is RequestId {
  return typeof value === 'string' || typeof value === 'number';
}

function isProgressToken(value: unknown): boolean {
  return value === undefined || typeof value === 'string' || Number.isInteger(value);
}
