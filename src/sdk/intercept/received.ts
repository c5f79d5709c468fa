import { type Conversation, conversationOf } from '../protocol/conversation.ts';
import { isRecord, type JsonRpcNotification } from '../protocol/json-rpc.ts';
import {
  type ClientInfo,
  clientInfo,
  isModern,
  metaClientInfo,
  metaOf,
  metaProtocolVersion,
  NO_META,
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
import {
  clientNameOf,
  type HighLevelServer,
  headerIn,
  headersOf,
  type LowLevelServer,
  listHeaderIn,
} from './shapes.ts';

const NOBODY: Endpoint = { address: undefined, port: undefined };

/** Whose client sends the message. */
interface Served {
  readonly observer: Observer;
  readonly low: LowLevelServer;
  readonly high: HighLevelServer | undefined;
}

/** What is read of a message from the client, once. */
export class Received {
  readonly method: string;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly subject: Subject | undefined;
  readonly client: ClientInfo | undefined;
  readonly protocolVersion: string | undefined;
  /** Bytes of the message. */
  readonly size: number | undefined;
  /** Who sent the HTTP request that brought it: its peer, or whom a trusted proxy names. */
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly httpVersion: string | undefined;
  readonly userAgent: string | undefined;
  /** What the server's authentication middleware attached, if any. */
  readonly authInfo: unknown;
  readonly modern: boolean;
  /** The conversation that the request names, where such names are read. */
  readonly conversation: Conversation | undefined;
  /** Its id as spans show it: redacted. */
  readonly conversationId: string | undefined;
  readonly #params: unknown;
  /** Of the HTTP request. Where there is none, as with stdio, nothing is looked for in them. */
  readonly #headers: object | undefined;
  #principal: Principal | undefined | null = null;

  constructor(message: JsonRpcNotification, extra: unknown, ends: Served) {
    const { limits, capture, operations, readConversationIds, trustProxy } = ends.observer;
    const { method, params } = message;
    const meta = metaOf(params);
    const headers = headersOf(extra);
    this.method = method;
    this.meta = meta;
    this.#params = params;
    this.#headers = headers;
    const http = currentHttpPeer();
    const peer = http ?? NOBODY;
    const { address, port } =
      headers === undefined ? peer : senderOf(peer, (name) => listHeaderIn(headers, name), trustProxy);
    const userAgent = this.header('user-agent');
    const version = metaProtocolVersion(meta) ?? protocolVersion(this.header('mcp-protocol-version'));
    this.conversation =
      readConversationIds && (meta !== NO_META || headers !== undefined)
        ? conversationOf({
            meta,
            header: (name) => this.header(name),
            client: () => userAgent ?? clientNameOf(ends.low),
          })
        : undefined;
    this.conversationId = this.conversation === undefined ? undefined : capture.label(this.conversation.id);
    this.subject = shownSubject(subjectOf(method, params), ends);
    this.client = shownClient(
      method === 'initialize' && isRecord(params) ? clientInfo(params['clientInfo']) : metaClientInfo(meta),
      capture,
    );
    this.protocolVersion = version === undefined ? undefined : limits.protocolVersion.admit(version);
    this.size = operations.sizeOf(message);
    this.address = address;
    this.port = port;
    this.httpVersion = http?.version;
    this.userAgent = userAgent === undefined ? undefined : capture.label(userAgent).slice(0, 256);
    this.authInfo = isRecord(extra) ? extra['authInfo'] : undefined;
    this.modern = isModern(meta);
  }

  /** Value of a header of the HTTP request that brought it, by lower-case name. */
  header(name: string): string | undefined {
    return this.#headers === undefined ? undefined : headerIn(this.#headers, name);
  }

  /** The authenticated principal; found out when first asked for. */
  principal(): Principal | undefined {
    if (this.#principal === null) {
      this.#principal = principalOf(this.authInfo, this.header('authorization'));
    }
    return this.#principal;
  }

  /** What the `sessionKey` hook is shown. */
  forHook(): SessionKeyRequest {
    return {
      method: this.method,
      params: this.#params,
      meta: this.meta,
      header: (name) => this.header(name.toLowerCase()),
      authInfo: this.authInfo,
    };
  }
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
