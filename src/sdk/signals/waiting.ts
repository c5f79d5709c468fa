import type { Attributes } from '@opentelemetry/api';
import type { Operation } from '../operation/operation.ts';
import { clock } from '../passing.ts';
import type { ClientSession } from '../session/client-session.ts';
import { spanName } from './attributes.ts';
import * as semconv from './semconv.ts';

/** Requests that one session span names. */
const MAX_NAMED = 20;

/** Which requests a session waits for, as its spans tell it. */
export class Waiting {
  readonly #open: () => Iterable<Operation>;
  /** What is open, by session: many sessions are reported in one turn, and none is to look through all requests. */
  #bySession: Map<ClientSession, Operation[]> | undefined;

  /** @param open all that is open, the oldest first. */
  constructor(open: () => Iterable<Operation>) {
    this.#open = open;
  }

  /** The names of the requests that the clients of `session` wait for, and since when; nothing without any. */
  of(session: ClientSession): Attributes {
    const open = this.#all().get(session);
    if (open === undefined) return {};
    const ago = clock.monotonic();
    const now = clock.now();
    return {
      [semconv.ATTR_MCP_CLIENT_SESSION_OPEN_REQUESTS]: open.map((operation) => spanName(operation)),
      [semconv.ATTR_MCP_CLIENT_SESSION_OPEN_SINCE_UNIX_MS]: open.map(({ startedAt }) =>
        Math.round(now - (ago - startedAt)),
      ),
    };
  }

  /** Nothing begins or ends while the sessions of one turn are reported, but for what the report is made for. */
  #all(): Map<ClientSession, Operation[]> {
    if (this.#bySession !== undefined) return this.#bySession;
    const bySession = new Map<ClientSession, Operation[]>();
    for (const operation of this.#open()) {
      const { side, id, session, cancelRequested } = operation;
      if (side !== 'server' || id === undefined || session === undefined || cancelRequested) continue;
      const known = bySession.get(session);
      if (known === undefined) bySession.set(session, [operation]);
      else if (known.length < MAX_NAMED) known.push(operation);
    }
    this.#bySession = bySession;
    queueMicrotask(() => {
      this.#bySession = undefined;
    });
    return bySession;
  }
}
