import type { Attributes } from '@opentelemetry/api';
import { newUuid } from '../new-uuid.ts';
import type { Operation, Wire } from '../operation/operation.ts';
import { isRecord } from '../protocol/json-rpc.ts';
import { type ClientInfo, clientInfo, protocolVersion } from '../protocol/meta.ts';
import { clientAttributes } from '../signals/attributes.ts';
import type { OpenConnection } from '../signals/client-sessions.ts';
import * as semconv from '../signals/semconv.ts';
import { agreedVersion, type Destination, destinationOf, serverInfoOf } from './client-shapes.ts';
import type { Observer } from './observer.ts';
import { type LowLevelServer, ownInfo, protocolIdOf, type Transport } from './shapes.ts';
import { wireFor } from './wires.ts';

/** `_meta` key of the answer to `server/discover`, since MCP 2026-07-28. */
const META_SERVER_INFO = 'io.modelcontextprotocol/serverInfo';

/** Requests by which a client finds out what it talks to. */
const INTRODUCING: ReadonlySet<string> = new Set(['initialize', 'server/discover']);

export function isIntroducing(method: string): boolean {
  return INTRODUCING.has(method);
}

/** What is known of one connection of a client. Refers to neither client nor transport: a manager holds it until the end. */
export class ClientFacts implements OpenConnection {
  /** `mcp.client.connection.id`. */
  readonly connectionId = newUuid();
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
  readonly destination: Destination;
  /** Of what the client sends, and of what it receives. */
  readonly sending: Wire;
  readonly receiving: Wire;
  protocolVersion: string | undefined;
  /** Whether its spans are kept, where they hang below nothing; decided with the first. */
  isKept: boolean | undefined;
  readonly #observer: Pick<Observer, 'limits' | 'capture' | 'identity'>;
  readonly #client: ClientInfo | undefined;
  #server: ClientInfo | undefined;
  #protocolId: string | undefined;
  #errorType: string | undefined;
  #refusal: string | undefined;
  /** What spans say of this connection, by the side of their operation; until more is known. */
  #said: Partial<Record<Operation['side'], Attributes>> = {};

  constructor({ clock, limits, capture, identity }: Observer, low: LowLevelServer, transport: Transport) {
    this.#observer = { limits, capture, identity };
    this.startedAt = clock.monotonic();
    this.destination = destinationOf(transport);
    this.receiving = wireFor(this.destination.kind, undefined);
    this.sending = { ...this.receiving, ...this.#admittedAddress() };
    this.#client = this.#shown(clientInfo(ownInfo(low)));
  }

  /** What client and transport have come to know by the time of a message. */
  look(method: string, low: LowLevelServer, transport: Transport): void {
    const protocolId = protocolIdOf(transport);
    if (protocolId !== this.#protocolId) {
      this.#protocolId = protocolId;
      this.#said = {};
    }
    // A client that connects again still knows the server before.
    if (isIntroducing(method)) return;
    if (this.#server === undefined) this.#meet(serverInfoOf(low));
    this.protocolVersion ??= this.admitVersion(agreedVersion(low, transport));
  }

  /** Takes what the answer to an introduction tells. Returns what its span is to say of the server. */
  learn(operation: Operation, result: unknown): Attributes {
    if (!isRecord(result)) return {};
    const meta = isRecord(result['_meta']) ? result['_meta'] : {};
    this.#meet(clientInfo(result['serverInfo'] ?? meta[META_SERVER_INFO]));
    const version = this.admitVersion(protocolVersion(result['protocolVersion']));
    if (version !== undefined) this.protocolVersion = operation.protocolVersion = version;
    return this.#serverAttributes();
  }

  /** Why it is over, where that is an error. A client that was refused once may have come in by another way. */
  get errorType(): string | undefined {
    return this.#errorType ?? this.#refusal;
  }

  failed(errorType: string): void {
    this.#errorType ??= errorType;
  }

  /** The answer to an introduction is there. @param refusal - its `error.type`, if it has one */
  introduced(refusal: string | undefined): void {
    this.#refusal = refusal;
  }

  /** The client takes the answer to `initialize`, or has not done so yet: it does not say what it does not like. */
  accepts(isAccepted: boolean): void {
    if (isAccepted) this.#refusal = undefined;
    else this.#refusal ??= semconv.OTHER;
  }

  admitVersion(version: string | undefined): string | undefined {
    return version === undefined ? undefined : this.#observer.limits.protocolVersion.admit(version);
  }

  /** What every span of this connection carries: one of what the client sends (`client`), or of what it receives. */
  attributes(side: Operation['side']): Readonly<Attributes> {
    this.#said[side] ??= {
      ...this.#ownAttributes(),
      ...(side === 'client' ? this.#addressAttributes() : {}),
    };
    return this.#said[side];
  }

  #meet(server: ClientInfo | undefined): void {
    if (server === undefined) return;
    this.#server = this.#shown(server);
    this.#said = {};
  }

  #ownAttributes(): Attributes {
    const attributes: Attributes = { [semconv.ATTR_MCP_CLIENT_CONNECTION_ID]: this.connectionId };
    if (this.#protocolId !== undefined) {
      attributes[semconv.ATTR_MCP_PROTOCOL_SESSION_ID] = this.#protocolId;
      if (this.#observer.identity.scope === 'client')
        attributes[semconv.ATTR_MCP_SESSION_ID] = this.#protocolId;
    }
    return Object.assign(attributes, clientAttributes(this.#client), this.#serverAttributes());
  }

  /** Where the messages of the client go. */
  #addressAttributes(): Attributes {
    const { address, port } = this.destination;
    const attributes: Attributes = {};
    if (address !== undefined) attributes[semconv.ATTR_SERVER_ADDRESS] = address;
    if (address !== undefined && port !== undefined) attributes[semconv.ATTR_SERVER_PORT] = port;
    return attributes;
  }

  /** For data points: a client that is led on can come to as many addresses as others like. */
  #admittedAddress(): Pick<Wire, 'serverAddress' | 'serverPort'> {
    const { address, port } = this.destination;
    if (address === undefined) return {};
    const serverAddress = this.#observer.limits.serverAddress.admit(address);
    return { serverAddress, serverPort: serverAddress === address ? port : undefined };
  }

  #serverAttributes(): Attributes {
    const attributes: Attributes = {};
    if (this.#server?.name !== undefined) attributes[semconv.ATTR_MCP_SERVER_NAME] = this.#server.name;
    if (this.#server?.version !== undefined)
      attributes[semconv.ATTR_MCP_SERVER_VERSION] = this.#server.version;
    return attributes;
  }

  #shown(info: ClientInfo | undefined): ClientInfo | undefined {
    if (info === undefined) return undefined;
    const { label } = this.#observer.capture;
    return {
      name: label(info.name),
      version: info.version === undefined ? undefined : label(info.version),
    };
  }
}
