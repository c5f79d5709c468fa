import { type Conversation, conversationOf } from '../protocol/conversation.ts';
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
import type { Capture } from '../signals/signal-parts.ts';
import type { SessionKeyRequest } from '../types.ts';
import { type Endpoint, senderOf } from './forwarded.ts';
import { currentHttpPeer } from './http-peer.ts';
import type { Observer } from './observer.ts';
import { type Principal, principalOf } from './principal.ts';
import { isRegistered } from './registered.ts';
import { clientNameOf, type HighLevelServer, headerOf, type LowLevelServer, listHeaderOf } from './shapes.ts';

/** What is read of a message from the client, once. */
export interface Received {
  method: string;
  meta: Readonly<Record<string, unknown>>;
  subject: Subject | undefined;
  client: ClientInfo | undefined;
  protocolVersion: string | undefined;
  /** Value of a header of the HTTP request that brought it, by lower-case name. */
  header(name: string): string | undefined;
  /** Who sent that: its peer, or whom a trusted proxy names. */
  address: string | undefined;
  port: number | undefined;
  httpVersion: string | undefined;
  userAgent: string | undefined;
  /** What the server's authentication middleware attached, if any. */
  authInfo: unknown;
  modern: boolean;
  /** The conversation that the request names, where such names are read. */
  conversation: Conversation | undefined;
  /** Its id as spans show it: redacted. */
  conversationId: string | undefined;
  /** The authenticated principal; found out when first asked for. */
  principal(): Principal | undefined;
  /** What the `sessionKey` hook is shown. */
  forHook(): SessionKeyRequest;
}

const NOBODY: Endpoint = { address: undefined, port: undefined };

/** Whose client sends the message. */
interface Served {
  readonly observer: Observer;
  readonly low: LowLevelServer;
  readonly high: HighLevelServer | undefined;
}

export function readReceived(message: JsonRpcNotification, extra: unknown, ends: Served): Received {
  const { limits, capture, readConversationIds } = ends.observer;
  const { method, params } = message;
  const meta = metaOf(params);
  const http = currentHttpPeer();
  const header = (name: string): string | undefined => headerOf(extra, name);
  const { address, port } = senderOf(
    http ?? NOBODY,
    (name) => listHeaderOf(extra, name),
    ends.observer.trustProxy,
  );
  const authInfo = isRecord(extra) ? extra['authInfo'] : undefined;
  const userAgent = header('user-agent');
  const version = metaProtocolVersion(meta) ?? protocolVersion(header('mcp-protocol-version'));
  const conversation = readConversationIds
    ? conversationOf({ meta, header, client: () => userAgent ?? clientNameOf(ends.low) })
    : undefined;
  let principal: Principal | undefined | null = null;
  return {
    method,
    meta,
    subject: shownSubject(subjectOf(method, params), ends),
    client: shownClient(
      method === 'initialize' && isRecord(params) ? clientInfo(params['clientInfo']) : metaClientInfo(meta),
      capture,
    ),
    protocolVersion: version === undefined ? undefined : limits.protocolVersion.admit(version),
    header,
    address,
    port,
    httpVersion: http?.version,
    userAgent: userAgent === undefined ? undefined : capture.label(userAgent).slice(0, 256),
    authInfo,
    modern: isModern(meta),
    conversation,
    conversationId: conversation === undefined ? undefined : capture.label(conversation.id),
    principal: () => {
      if (principal === null) principal = principalOf(authInfo, header('authorization'));
      return principal;
    },
    forHook: () => ({
      method,
      params,
      meta,
      header: (name) => header(name.toLowerCase()),
      authInfo,
    }),
  };
}

/** A name that the server did not register is whatever the client wrote. */
function shownSubject(subject: Subject | undefined, { observer, high }: Served): Subject | undefined {
  if (subject === undefined || subject.kind === 'resource' || isRegistered(high, subject, observer.limits)) {
    return subject;
  }
  return { kind: subject.kind, value: observer.capture.label(subject.value) };
}

function shownClient(
  client: ClientInfo | undefined,
  { label }: Pick<Capture, 'label'>,
): ClientInfo | undefined {
  if (client === undefined) return undefined;
  return {
    name: label(client.name),
    version: client.version === undefined ? undefined : label(client.version),
  };
}
