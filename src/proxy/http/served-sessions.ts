import { isResponse } from '../../sdk/protocol/json-rpc.ts';
import type { TelemetryManager } from '../../sdk/telemetry-manager.ts';
import type { Introduction } from '../introduction.ts';
import { type ObservedConnection, observeConnection } from '../observed-connection.ts';
import { ServedSession } from './served-session.ts';

/** Sessions that are known at once. One that was forgotten goes on as the same with its next message. */
const MAX_SESSIONS = 10_000;
/** A client that has not been heard of for so long will not come back for the answers that it waits for. */
const MAX_IDLE_MS = 3_600_000;

/** What the proxy knows of the sessions that the server has opened. */
export class ServedSessions {
  readonly #manager: TelemetryManager;
  readonly #introduction: Introduction;
  /** By the protocol's id, or the path that a stream has named for messages; the one used last is the last. */
  readonly #sessions = new Map<string, ServedSession>();

  constructor(manager: TelemetryManager, introduction: Introduction) {
    this.#manager = manager;
    this.#introduction = introduction;
  }

  find(name: string): ServedSession | undefined {
    const session = this.#sessions.get(name);
    if (session === undefined) return undefined;
    session.usedAt = performance.now();
    this.#sessions.delete(name);
    this.#sessions.set(name, session);
    return session;
  }

  /** @param id what the protocol calls the session. */
  open(name: string, id: string | undefined): ServedSession {
    const known = this.find(name);
    if (known !== undefined) return known;
    const session = this.openUnnamed(id);
    this.#sessions.set(name, session);
    this.#forgetOld();
    return session;
  }

  /** Of requests that name no session. */
  openUnnamed(sessionId?: string): ServedSession {
    const transport = { sessionId, handleRequest() {} };
    const introduction = this.#introduction;
    return new ServedSession(
      introducing(observeConnection(this.#manager, { introduction, transport }), introduction),
    );
  }

  /** The session is over. */
  close(name: string): void {
    const session = this.#sessions.get(name);
    this.#sessions.delete(name);
    session?.close();
  }

  #forgetOld(): void {
    const now = performance.now();
    for (const [name, session] of this.#sessions) {
      if (this.#sessions.size <= MAX_SESSIONS && now - session.usedAt < MAX_IDLE_MS) return;
      this.#sessions.delete(name);
      // Requests that stay open would keep it from its end for ever.
      if (session.isWaiting) session.close();
    }
  }
}

/** A server that answers without a word of itself has been introduced to its clients before we came. */
function introducing(connection: ObservedConnection, introduction: Introduction): ObservedConnection {
  return {
    ...connection,
    fromServer(message) {
      connection.fromServer(message);
      if (isResponse(message) && saysSomething(message.result)) introduction.giveUp();
    },
  };
}

/** A `ping` may come before all else. */
function saysSomething(result: unknown): boolean {
  return typeof result === 'object' && result !== null && Object.keys(result).length > 0;
}
