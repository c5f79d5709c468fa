import { isRecord, type JsonRpcNotification } from '../protocol/json-rpc.ts';
import {
  type ClientInfo,
  clientInfo,
  isModern,
  metaClientInfo,
  metaOf,
  metaProtocolVersion,
  protocolVersion,
} from '../protocol/meta.ts';
import { type Subject, subjectOf } from '../protocol/methods.ts';
import type { SessionKeyRequest } from '../types.ts';
import { currentHttpPeer } from './http-peer.ts';
import type { Observer } from './observer.ts';
import { principalOf } from './principal.ts';
import { headerOf } from './shapes.ts';

/** What is read of a message from the client, once. */
export interface Received {
  method: string;
  meta: Readonly<Record<string, unknown>>;
  subject: Subject | undefined;
  client: ClientInfo | undefined;
  protocolVersion: string | undefined;
  /** Of the HTTP request that brought it. */
  address: string | undefined;
  port: number | undefined;
  httpVersion: string | undefined;
  userAgent: string | undefined;
  /** What the server's authentication middleware attached, if any. */
  authInfo: unknown;
  modern: boolean;
  /** Hash of the authenticated principal; computed when asked for. */
  principal(): string | undefined;
  /** What the `sessionKey` hook is shown. */
  forHook(): SessionKeyRequest;
}

export function readReceived(message: JsonRpcNotification, extra: unknown, { limits }: Observer): Received {
  const { method, params } = message;
  const meta = metaOf(params);
  const http = currentHttpPeer();
  const authInfo = isRecord(extra) ? extra['authInfo'] : undefined;
  const version = metaProtocolVersion(meta) ?? protocolVersion(headerOf(extra, 'mcp-protocol-version'));
  return {
    method,
    meta,
    subject: subjectOf(method, params),
    client:
      method === 'initialize' && isRecord(params) ? clientInfo(params['clientInfo']) : metaClientInfo(meta),
    protocolVersion: version === undefined ? undefined : limits.protocolVersion.admit(version),
    address: http?.address,
    port: http?.port,
    httpVersion: http?.version,
    userAgent: headerOf(extra, 'user-agent')?.slice(0, 256),
    authInfo,
    modern: isModern(meta),
    principal: () => principalOf(authInfo),
    forHook: () => ({
      method,
      params,
      meta,
      header: (name) => headerOf(extra, name.toLowerCase()),
      authInfo,
    }),
  };
}
