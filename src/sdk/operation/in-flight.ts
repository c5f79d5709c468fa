import type { RequestId } from '../protocol/json-rpc.ts';
import type { Operation } from './operation.ts';

/** Requests open at once per connection and direction; a peer cannot make it more by never answering. */
const MAX_IN_FLIGHT = 10_000;

/**
 * The open requests of one connection in one direction. A Map tells the ids `1` and `"1"` apart, as JSON-RPC does; most
 * connections have one request open at most and need none, and idle ones are many.
 */
export class InFlight {
  /** Older than all of the others. */
  #first: Operation | undefined;
  #others: Map<RequestId, Operation> | undefined;

  get size(): number {
    return (this.#first === undefined ? 0 : 1) + (this.#others?.size ?? 0);
  }

  get(id: RequestId): Operation | undefined {
    return this.#first?.id === id ? this.#first : this.#others?.get(id);
  }

  /** Adds `operation`; returns the one that it displaces: an older one with the same id, or the oldest of too many. */
  add(id: RequestId, operation: Operation): Operation | undefined {
    const displaced = this.take(id) ?? (this.size >= MAX_IN_FLIGHT ? this.#takeOldest() : undefined);
    if (this.#first === undefined && this.#others === undefined) this.#first = operation;
    else {
      this.#others ??= new Map();
      this.#others.set(id, operation);
    }
    return displaced;
  }

  take(id: RequestId): Operation | undefined {
    const operation = this.get(id);
    if (operation === undefined) return undefined;
    if (operation === this.#first) this.#first = undefined;
    else if (this.#others?.delete(id) && this.#others.size === 0) this.#others = undefined;
    return operation;
  }

  /** Takes `operation` out; says whether it was still open. */
  remove(operation: Operation): boolean {
    const { id } = operation;
    return id !== undefined && this.get(id) === operation && this.take(id) !== undefined;
  }

  some(is: (operation: Operation) => boolean): boolean {
    return this.#all().some(is);
  }

  takeAll(): Operation[] {
    const all = this.#all();
    this.#first = undefined;
    this.#others = undefined;
    return all;
  }

  #all(): Operation[] {
    return [...(this.#first === undefined ? [] : [this.#first]), ...(this.#others?.values() ?? [])];
  }

  #takeOldest(): Operation | undefined {
    const [oldest] = this.#first === undefined ? (this.#others?.keys() ?? []) : [this.#first.id];
    return oldest === undefined ? undefined : this.take(oldest);
  }
}
