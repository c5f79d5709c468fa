import { isRecord, stringOrUndefined } from './json-rpc.ts';
import { ownText } from './own-text.ts';

/** `_meta` keys of MCP 2026-07-28, in which every request carries what `initialize` carried before. */
const META_PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
const META_CLIENT_INFO = 'io.modelcontextprotocol/clientInfo';
const META_RELATED_TASK = 'io.modelcontextprotocol/related-task';

/** Stands for `_meta` where there is none. */
export const NO_META: Readonly<Record<string, unknown>> = Object.freeze({});
const PROTOCOL_VERSION = /^\d{4}-\d{2}-\d{2}$/;
const MAX_NAME_LENGTH = 128;

export interface ClientInfo {
  name: string;
  version: string | undefined;
}

export function metaOf(params: unknown): Readonly<Record<string, unknown>> {
  const meta = isRecord(params) ? params['_meta'] : undefined;
  return isRecord(meta) ? meta : NO_META;
}

/** Whether the request speaks the protocol without `initialize`; decided per request. */
export function isModern(meta: Readonly<Record<string, unknown>>): boolean {
  return meta[META_PROTOCOL_VERSION] !== undefined;
}

export function metaProtocolVersion(meta: Readonly<Record<string, unknown>>): string | undefined {
  return protocolVersion(meta[META_PROTOCOL_VERSION]);
}

/** A protocol version is a date; anything else is not recorded, so that a client cannot mint values. */
export function protocolVersion(value: unknown): string | undefined {
  return typeof value === 'string' && PROTOCOL_VERSION.test(value) ? value : undefined;
}

export function metaClientInfo(meta: Readonly<Record<string, unknown>>): ClientInfo | undefined {
  return clientInfo(meta[META_CLIENT_INFO]);
}

export function clientInfo(value: unknown): ClientInfo | undefined {
  if (!isRecord(value)) return undefined;
  const name = stringOrUndefined(value['name']);
  if (name === undefined) return undefined;
  const version = stringOrUndefined(value['version']);
  return { name: shortName(name), version: version === undefined ? undefined : shortName(version) };
}

/** Responses of a request that belongs to a task are queued, not sent. */
export function isTaskRelated(meta: Readonly<Record<string, unknown>>): boolean {
  return meta[META_RELATED_TASK] !== undefined;
}

/** Cuts a name that a client chose; real ones are far shorter. */
export function shortName(name: string): string {
  return name.length <= MAX_NAME_LENGTH ? name : ownText(`${name.slice(0, MAX_NAME_LENGTH - 1)}…`);
}
