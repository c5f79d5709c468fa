/** Protocol sessions that a row names. */
const MAX_IDS = 20;

export interface IdsOfRow {
  /** What the client calls the conversation. */
  readonly conversationId: string | undefined;
  /** Ids of the protocol that requests came with, where the session has another: the first 20. */
  readonly protocolSessionIds: readonly string[];
  readonly hasMoreProtocolSessionIds: boolean;
}

/** Of a session that has one id only, which is most of them. */
export const NO_OTHER_IDS: IdsOfRow = {
  conversationId: undefined,
  protocolSessionIds: [],
  hasMoreProtocolSessionIds: false,
};

/** The ids that requests of a session came with: of each kind the earliest, whatever the order of the spans. */
export class SaidIds {
  #conversation: string | undefined;
  #conversationMs = 0;
  /** With the time of their first use. */
  readonly #protocol = new Map<string, number>();
  #hasMore = false;

  add(
    { conversation, protocol }: { conversation: string | undefined; protocol: string | undefined },
    ms: number,
  ): void {
    if (conversation !== undefined) this.#addConversation(conversation, ms);
    if (protocol !== undefined) this.#addProtocol(protocol, ms);
  }

  addAll(other: SaidIds): void {
    if (other.#conversation !== undefined) this.#addConversation(other.#conversation, other.#conversationMs);
    for (const [id, ms] of other.#protocol) this.#addProtocol(id, ms);
    this.#hasMore ||= other.#hasMore;
  }

  toIds(): IdsOfRow {
    return {
      conversationId: this.#conversation,
      protocolSessionIds: [...this.#protocol].sort(byTime).map(([id]) => id),
      hasMoreProtocolSessionIds: this.#hasMore,
    };
  }

  /** In no order. */
  protocolIds(): Iterable<string> {
    return this.#protocol.keys();
  }

  #addConversation(id: string, ms: number): void {
    const known = this.#conversation;
    // Of two at once any will do, but always the same.
    if (known !== undefined && byTime([known, this.#conversationMs], [id, ms]) <= 0) return;
    this.#conversation = id;
    this.#conversationMs = ms;
  }

  #addProtocol(id: string, ms: number): void {
    const first = this.#protocol.get(id);
    if (first !== undefined && first <= ms) return;
    this.#protocol.set(id, ms);
    if (this.#protocol.size <= MAX_IDS) return;
    const latest = [...this.#protocol].sort(byTime).at(-1) as [string, number];
    this.#protocol.delete(latest[0]);
    this.#hasMore = true;
  }
}

function byTime([a, aMs]: [string, number], [b, bMs]: [string, number]): number {
  return aMs - bMs || (a < b ? -1 : a > b ? 1 : 0);
}
