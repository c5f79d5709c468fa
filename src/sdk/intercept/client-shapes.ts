import { isRecord } from '../protocol/json-rpc.ts';
import { type ClientInfo, clientInfo, protocolVersion } from '../protocol/meta.ts';
import { standForClient } from './other-client.ts';
import {
  answerOf,
  innerTransports,
  type LowLevelServer,
  lowLevelIn,
  type ServerLevels,
  type Transport,
  type TransportKind,
} from './shapes.ts';

/** What the private names of a client's transport tell of the server at the other end. */
export interface Destination {
  kind: TransportKind;
  address: string | undefined;
  port: number | undefined;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'ws:': 80,
  'wss:': 443,
};

/** Whether it is a client's end of a connection: servers are built alike, and are asked for the client. */
export function isClient(low: LowLevelServer): boolean {
  return hasMethod(low, 'getServerCapabilities') && !hasMethod(low, 'getClientCapabilities');
}

/**
 * The client in what the user passed: the client itself, or what a wrapper has as its `client`; else what stands for a
 * client that is none of the SDKs'.
 */
export function clientLevels(value: unknown): ServerLevels | undefined {
  const found = lowLevelIn(value, 'client')?.low;
  const low = found ?? standForClient(value);
  return low === undefined || (found !== undefined && !isClient(found))
    ? undefined
    : { low, high: undefined };
}

/** What the server has told of itself, as far as the client keeps it. */
export function serverInfoOf(low: LowLevelServer): ClientInfo | undefined {
  return clientInfo(answerOf(low, 'getServerVersion'));
}

/** The version of the protocol that was agreed on, as far as client or transport keep it. */
export function agreedVersion(low: LowLevelServer, transport: Transport): string | undefined {
  return protocolVersion(
    answerOf(low, 'getNegotiatedProtocolVersion') ?? Reflect.get(transport, '_protocolVersion'),
  );
}

/** Where the messages of a client go. A transport of a framework may pass on to one of the SDK's. */
export function destinationOf(transport: Transport): Destination {
  for (const each of [transport, ...innerTransports(transport)]) {
    const url = urlOf(each);
    if (url !== undefined) return destinationAt(url);
    if (isChildProcess(each)) return { kind: 'stdio', address: undefined, port: undefined };
  }
  const kind = '_otherTransport' in transport ? 'in-memory' : 'other';
  return { kind, address: undefined, port: undefined };
}

/** Whether the client still waits for the answer to a request, as far as that can be seen. */
export function awaitsAnswer(low: LowLevelServer, id: unknown): boolean {
  const handlers: unknown = Reflect.get(low, '_responseHandlers');
  return !(handlers instanceof Map) || handlers.has(id);
}

/** Aborted when v2 gives up on a request that has an HTTP stream of its own: it sends no message then. */
export function abortSignalOf(options: unknown): AbortSignal | undefined {
  const signal: unknown = isRecord(options) ? options['requestSignal'] : undefined;
  return signal instanceof AbortSignal ? signal : undefined;
}

function destinationAt({ protocol, hostname, port }: URL): Destination {
  return {
    kind: protocol === 'http:' || protocol === 'https:' ? 'http' : 'other',
    address: hostname === '' ? undefined : hostname.replace(/^\[(.*)\]$/, '$1').slice(0, 253),
    port: port === '' ? DEFAULT_PORTS[protocol] : Number(port),
  };
}

function urlOf(transport: object): URL | undefined {
  const url: unknown = Reflect.get(transport, '_url');
  return url instanceof URL ? url : undefined;
}

/** By what it starts: there is no process before `start`, and none after its end. */
function isChildProcess(transport: object): boolean {
  const parameters: unknown = Reflect.get(transport, '_serverParams');
  return isRecord(parameters) && typeof parameters['command'] === 'string';
}

/**
 * Whether a client of v2 starts processes like that of this transport, to find out what its server speaks: of this very class
 * only, whose prototype can end one at once.
 */
export function startsProbes(transport: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(transport);
  if (prototype === null || !Object.hasOwn(prototype, '_dispose')) return false;
  return !Object.hasOwn(transport, 'constructor') && isChildProcess(transport);
}

function hasMethod(target: object, name: string): boolean {
  return typeof Reflect.get(target, name) === 'function';
}
