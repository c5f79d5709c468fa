import { isRecord } from '../protocol/json-rpc.ts';
import { type ClientInfo, clientInfo, protocolVersion } from '../protocol/meta.ts';
import { ownText } from '../protocol/own-text.ts';

// Both SDKs exist as ESM and CommonJS, in several versions, and minified: objects are known by their shape, never by
// their class. Names with an underscore are private to the SDKs; where one is missing, only what it adds is lost.

/** Frameworks put wrappers around wrappers: `wrapper.server.server`. */
const MAX_DEPTH = 4;

export type RequestHandler = (request: unknown, extra: unknown) => unknown;

/** The low-level `Server` of both SDKs, and their `Client`: both are a `Protocol`. */
export interface LowLevelServer {
  connect(transport: Transport, ...rest: unknown[]): Promise<void>;
  transport?: Transport | undefined;
  fallbackRequestHandler?: RequestHandler | undefined;
  fallbackNotificationHandler?: RequestHandler | undefined;
  _requestHandlers?: Map<string, RequestHandler>;
  _notificationHandlers?: Map<string, unknown>;
  _onnotification?: (...args: unknown[]) => unknown;
  _serverInfo?: { name?: unknown; version?: unknown };
  /** A client has this instead. */
  _clientInfo?: { name?: unknown; version?: unknown };
  /** What stands for a server that is not ours learns from its answers what it is called. */
  introducing?: Promise<ServerInfo>;
}

/** The name and version that a server was built with. */
export interface ServerInfo {
  name: string | undefined;
  version: string | undefined;
}

/** `McpServer` of both SDKs. */
export interface HighLevelServer {
  server: LowLevelServer;
  _registeredTools?: Record<string, unknown>;
  _registeredPrompts?: Record<string, unknown>;
}

/** What the user passed, split into its levels. */
export interface ServerLevels {
  low: LowLevelServer;
  high: HighLevelServer | undefined;
}

export interface Transport {
  start(): Promise<void>;
  send(message: unknown, options?: unknown): Promise<void>;
  close(): Promise<void>;
  onmessage?: ((message: unknown, extra?: unknown) => void) | undefined;
  onclose?: (() => void) | undefined;
  sessionId?: string | undefined;
}

/** What a client has told of itself. */
export interface Introduced {
  client: ClientInfo | undefined;
  protocolVersion: string | undefined;
}

export type TransportKind = 'stdio' | 'http' | 'in-memory' | 'other';

/** Splits what the user passed into its levels. */
export function serverLevels(value: unknown): ServerLevels | undefined {
  return lowLevelIn(value, 'server');
}

/** The low level in what the user passed: that itself, or what wrappers have by that name. */
export function lowLevelIn(value: unknown, name: 'server' | 'client'): ServerLevels | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isLowLevel(value)) return { low: value, high: undefined };
  let high: object = value;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const inner: unknown = Reflect.get(high, name);
    if (typeof inner !== 'object' || inner === null) return undefined;
    if (isLowLevel(inner)) return { low: inner, high: high as HighLevelServer };
    high = inner;
  }
  return undefined;
}

/** Whether it is a server's end of a connection: clients are built alike, and are asked for the server. */
export function isServer(low: LowLevelServer): boolean {
  return hasMethod(low, 'getClientCapabilities') && !hasMethod(low, 'getServerCapabilities');
}

/** The name and version that the server, or the client, was built with. */
export function ownInfo(low: LowLevelServer): ServerInfo {
  const info: unknown = low._serverInfo ?? low._clientInfo;
  if (!isRecord(info)) return { name: undefined, version: undefined };
  const { name, version } = info;
  return {
    name: typeof name === 'string' && name !== '' ? name : undefined,
    version: typeof version === 'string' && version !== '' ? version : undefined,
  };
}

/** Whether a client has introduced itself, as far as both SDKs tell: `initialize` was handled. */
export function isInitialized(low: LowLevelServer): boolean {
  return ['getClientVersion', 'getClientCapabilities'].some((name) => answerOf(low, name) !== undefined);
}

/** What the client of a server that is connected has told, as far as the SDK keeps it. */
export function introducedTo(low: LowLevelServer, transport: Transport): Introduced {
  const version =
    answerOf(low, 'getNegotiatedProtocolVersion') ??
    Reflect.get(low, '_negotiatedProtocolVersion') ??
    Reflect.get(transport, '_protocolVersion');
  return {
    client: clientInfo(answerOf(low, 'getClientVersion')),
    protocolVersion: protocolVersion(version),
  };
}

/** Milliseconds that who asked waits for the answer to a request, and since when (Unix milliseconds). */
export function timeoutOf(low: LowLevelServer, id: unknown): { after: number; since: number } | undefined {
  const all: unknown = Reflect.get(low, '_timeoutInfo');
  const info: unknown = all instanceof Map ? all.get(id) : undefined;
  if (!isRecord(info)) return undefined;
  const { timeout, startTime } = info;
  return typeof timeout === 'number' && typeof startTime === 'number'
    ? { after: timeout, since: startTime }
    : undefined;
}

/** What the client calls itself, once it has introduced itself to this server. */
export function clientNameOf(low: LowLevelServer): string | undefined {
  return clientInfo(answerOf(low, 'getClientVersion'))?.name;
}

/** Session ids may be JWTs, which begin alike and are long. */
const MAX_ID_LENGTH = 1024;

/** An id as it is recorded. */
export function shortId(id: string): string {
  return id.length <= MAX_ID_LENGTH ? id : ownText(id.slice(0, MAX_ID_LENGTH));
}

/** The session id of the protocol, where the transport has one. */
export function protocolIdOf({ sessionId }: Transport): string | undefined {
  return typeof sessionId === 'string' && sessionId !== '' ? shortId(sessionId) : undefined;
}

/** The kind of a transport, by its shape and by what comes with a message. */
export function transportKind(transport: Transport, extra: unknown): TransportKind {
  if (stdinOf(transport) !== undefined) return 'stdio';
  if (isRecord(extra) && (extra['requestInfo'] !== undefined || extra['request'] !== undefined))
    return 'http';
  if (takesHttpRequests(transport)) return 'http';
  return '_otherTransport' in transport ? 'in-memory' : 'other';
}

/** The object that stays the same while one client is connected: several servers can follow one another on one wire. */
export function wireOf(transport: Transport): object {
  const wire: unknown = Reflect.get(transport, '_wire');
  return typeof wire === 'object' && wire !== null ? wire : transport;
}

/** The stdin that a stdio transport reads; also one that a framework has put into a transport of its own. */
export function stdinOf(transport: Transport): NodeJS.ReadableStream | undefined {
  const own = stdinIn(wireOf(transport));
  if (own !== undefined || takesHttpRequests(transport)) return own;
  return innerTransports(transport)
    .map(stdinIn)
    .find((stdin) => stdin !== undefined);
}

function stdinIn(transport: object): NodeJS.ReadableStream | undefined {
  const stdin: unknown = Reflect.get(transport, '_stdin');
  return typeof stdin === 'object' && stdin !== null && typeof Reflect.get(stdin, 'on') === 'function'
    ? (stdin as NodeJS.ReadableStream)
    : undefined;
}

/** The response that a transport for server-sent events writes to. */
export function responseOf(transport: Transport): NodeJS.EventEmitter | undefined {
  const response: unknown = Reflect.get(transport, '_sseResponse');
  return typeof response === 'object' &&
    response !== null &&
    typeof Reflect.get(response, 'once') === 'function'
    ? (response as NodeJS.EventEmitter)
    : undefined;
}

/**
 * The transports to which one passes on the callbacks that are set on it, as those for Node's requests do. One that
 * keeps its own passes on none: what it holds beside is another connection.
 */
export function innerTransports(transport: Transport): Transport[] {
  if (holds(transport, 'onclose')) return [];
  return Reflect.ownKeys(transport)
    .map((key): unknown => Reflect.getOwnPropertyDescriptor(transport, key)?.value)
    .filter((value): value is Transport => isTransport(value) && holds(value, 'onclose'));
}

/** The headers of the HTTP request that brought a message: of v1 a plain object, of v2 those of a Fetch `Request`. */
export function headersOf(extra: unknown): object | undefined {
  if (!isRecord(extra)) return undefined;
  const request = extra['requestInfo'] ?? extra['request'];
  const headers: unknown =
    typeof request === 'object' && request !== null ? Reflect.get(request, 'headers') : undefined;
  return typeof headers === 'object' && headers !== null ? headers : undefined;
}

/** Value of a header, by lower-case name; of several values the first. */
export function headerIn(headers: object, name: string): string | undefined {
  const value = valueIn(headers, name);
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}

/** All values of a header that is a list. */
export function listHeaderIn(headers: object, name: string): string | undefined {
  const value = valueIn(headers, name);
  const list: unknown = Array.isArray(value) ? value.join(', ') : value;
  return typeof list === 'string' ? list : undefined;
}

function valueIn(headers: object, name: string): unknown {
  const get: unknown = Reflect.get(headers, 'get');
  return typeof get === 'function' ? get.call(headers, name) : Reflect.get(headers, name);
}

/** The signal of the Fetch `Request` that v2 passes: aborted when the client hangs up. */
export function requestSignalOf(extra: unknown): AbortSignal | undefined {
  const request = isRecord(extra) ? extra['request'] : undefined;
  const signal: unknown = isRecord(request) ? Reflect.get(request, 'signal') : undefined;
  return isRecord(signal) && 'aborted' in signal ? (signal as unknown as AbortSignal) : undefined;
}

/** Whether the request was cancelled: `extra.signal` in v1, `ctx.mcpReq.signal` in v2. */
export function isAborted(extra: unknown): boolean {
  if (!isRecord(extra)) return false;
  const signal = extra['signal'] ?? (isRecord(extra['mcpReq']) ? extra['mcpReq']['signal'] : undefined);
  return typeof signal === 'object' && signal !== null && Reflect.get(signal, 'aborted') === true;
}

function takesHttpRequests(transport: Transport): boolean {
  return ['handleRequest', 'handlePostMessage', 'handleMessage'].some((name) => hasMethod(transport, name));
}

/** Whether it has what every transport has, in both SDKs and elsewhere. */
export function isTransport(value: unknown): value is Transport {
  if (typeof value !== 'object' || value === null) return false;
  return ['start', 'send', 'close'].every((name) => hasMethod(value, name));
}

/** Whether the object itself keeps the callback, and no accessor. */
function holds(transport: Transport, callback: 'onclose'): boolean {
  return typeof Reflect.getOwnPropertyDescriptor(transport, callback)?.value === 'function';
}

/** What a method without arguments answers, where there is one. */
export function answerOf(low: LowLevelServer, name: string): unknown {
  const get: unknown = Reflect.get(low, name);
  return typeof get === 'function' ? get.call(low) : undefined;
}

function isLowLevel(value: unknown): value is LowLevelServer {
  if (typeof value !== 'object' || value === null) return false;
  return ['connect', 'setRequestHandler', 'setNotificationHandler', 'close'].every((name) =>
    hasMethod(value, name),
  );
}

function hasMethod(target: object, name: string): boolean {
  return typeof Reflect.get(target, name) === 'function';
}
