import type { PoolName } from '../pools.ts';

/** The six kinds of conversations. */
export const KINDS = [
  'protocol ids renewed for nearly every call',
  'conversation ids of each kind',
  'one principal with two conversations at once',
  'two principals with one claimed conversation',
  'no id, with the secret',
  'no id, without the secret',
] as const;
export type Kind = (typeof KINDS)[number];

/** Who sends: what a server, or a proxy before it, knows of a client. */
export interface Caller {
  readonly kind: Kind;
  readonly pool: PoolName;
  readonly client: { readonly name: string; readonly version: string };
  /** Where it calls from. */
  readonly address: string;
  /** Whom the server's authentication finds: the subject of its tokens, or its one token. */
  readonly principal?: string;
}

/** A request, as the client that sent it knows it. */
export interface Sent {
  readonly caller: Caller;
  readonly method: string;
  /** Of `tools/call`. */
  readonly tool?: string;
  /** The id of the conversation that the request names. */
  readonly conversation?: string;
  /** Which conversation it is of, as this check calls it; requests before its first call are of none. */
  readonly label?: string;
  /** Which replica answered. */
  replica: number;
  /** `Mcp-Session-Id`, of the request or of the answer to it. */
  protocolId?: string;
  /** Whether the server that answered knew what the client calls itself. */
  knowsClient: boolean;
  failed: boolean;
}

/** All requests, in their order. */
export class Ledger {
  readonly sent: Sent[] = [];
  /** What the server of each replica and session was told by `initialize`. */
  readonly #introduced = new Set<string>();

  /** A request has been answered. */
  add(sent: Sent): void {
    const { method, protocolId, replica } = sent;
    if (protocolId !== undefined) {
      const transport = `${protocolId} ${replica}`;
      if (method === 'initialize') this.#introduced.add(transport);
      sent.knowsClient ||= this.#introduced.has(transport);
    }
    this.sent.push(sent);
  }
}
