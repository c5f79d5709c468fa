import type { ForeignSpan, Half } from '../recording/foreign/types.ts';
import { grownCapacity, resized } from './columns.ts';

/** Who sent a message, and how its session is named: the same for very many messages. */
type Caller = Pick<
  ForeignSpan,
  | 'service'
  | 'process'
  | 'sender'
  | 'protocolId'
  | 'conversationId'
  | 'clientName'
  | 'protocolVersion'
  | 'transport'
>;

interface KnownCaller extends Caller {
  /** The number of its origin, most likely. */
  origin: number;
}

/** What is kept of a message. */
interface ForeignEntry {
  readonly span: ForeignSpan;
  /** Of the columns of its file. */
  readonly row: number;
  readonly caller: number;
  /** Number of its tool. */
  readonly tool: number;
  /** Those of its row, where it is the one that counts. */
  readonly flags: number;
}

const HALVES: readonly (Half | undefined)[] = [undefined, 'handling', 'answer', 'unsure'];
const RECEIVED = 4;

/** The messages of one file that other instrumentations recorded: what only tells their sessions, some 15 bytes each. */
export class ForeignColumns {
  count = 0;
  row = new Uint32Array(0);
  parent = new Uint32Array(0);
  caller = new Uint32Array(0);
  tool = new Uint16Array(0);
  flags = new Uint8Array(0);
  /** Place in {@link HALVES}, and {@link RECEIVED}. */
  #kind = new Uint8Array(0);
  readonly callers: KnownCaller[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of the one that sent a message. */
  callerOf(span: ForeignSpan): number {
    const { service, process, sender, protocolId, conversationId, clientName, protocolVersion, transport } =
      span;
    const key = JSON.stringify([
      protocolId,
      conversationId,
      process,
      clientName,
      protocolVersion,
      transport,
      sender,
      service,
    ]);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const about = { service, process, sender, protocolId, conversationId };
    const number = this.callers.length;
    this.callers.push({ ...about, clientName, protocolVersion, transport, origin: 0 });
    this.#numbers.set(key, number);
    return number;
  }

  add({ span, row, caller, tool, flags }: ForeignEntry): void {
    const at = this.count;
    if (at === this.row.length) this.#resize(grownCapacity(at));
    this.row[at] = row;
    this.parent[at] = span.parent;
    this.caller[at] = caller;
    this.tool[at] = tool;
    this.flags[at] = flags;
    this.#kind[at] = HALVES.indexOf(span.half) | (span.isReceived ? RECEIVED : 0);
    this.count = at + 1;
  }

  kindAt(at: number): Pick<ForeignSpan, 'isReceived' | 'half'> {
    const kind = this.#kind[at]!;
    return { isReceived: (kind & RECEIVED) !== 0, half: HALVES[kind & ~RECEIVED] };
  }

  /** Gives back what growth reserved. */
  trim(): void {
    if (this.row.length > this.count) this.#resize(this.count);
  }

  #resize(capacity: number): void {
    this.row = resized(this.row, capacity);
    this.parent = resized(this.parent, capacity);
    this.caller = resized(this.caller, capacity);
    this.tool = resized(this.tool, capacity);
    this.flags = resized(this.flags, capacity);
    this.#kind = resized(this.#kind, capacity);
  }
}
