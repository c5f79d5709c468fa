import type { RequestId } from '../protocol/json-rpc.ts';
import type { Operation } from './operation.ts';

/** Requests open at once per connection and direction; a peer cannot make it more by never answering. */
const MAX_IN_FLIGHT = 10_000;

/** The open requests of one connection in one direction. A Map tells the ids `1` and `"1"` apart, as JSON-RPC does. */
export class InFlight {
  readonly #open = new Map<RequestId, Operation>();

  get size(): number {
    return this.#open.size;
  }

  get(id: RequestId): Operation | undefined {
    return this.#open.get(id);
  }

  /** Adds `operation`; returns the one that it displaces: an older one with the same id, or the oldest of too many. */
  add(id: RequestId, operation: Operation): Operation | undefined {
    let displaced = this.#open.get(id);
    if (displaced !== undefined) this.#open.delete(id);
    else if (this.#open.size >= MAX_IN_FLIGHT) {
      const [oldestId, oldest] = this.#open.entries().next().value as [RequestId, Operation];
      this.#open.delete(oldestId);
      displaced = oldest;
    }
    this.#open.set(id, operation);
    return displaced;
  }

  take(id: RequestId): Operation | undefined {
    const operation = this.#open.get(id);
    if (operation !== undefined) this.#open.delete(id);
    return operation;
  }

  /** Takes `operation` out; says whether it was still open. */
  remove(operation: Operation): boolean {
    const { id } = operation;
    return id !== undefined && this.#open.get(id) === operation && this.#open.delete(id);
  }

  takeAll(): Operation[] {
    const all = [...this.#open.values()];
    this.#open.clear();
    return all;
  }
}
