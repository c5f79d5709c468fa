import type { SessionEndReason, SessionSource } from '../types.ts';
import { ClientSession, type Opening, type SessionFacts } from './client-session.ts';

/** Told what happens to sessions. */
export interface SessionListener {
  started(session: ClientSession, now: number): void;
  /** The same session goes on after it had counted as ended. */
  resumed(session: ClientSession, now: number): void;
  updated(session: ClientSession, now: number): void;
  /** It is part of another from here on. */
  joined(session: ClientSession, now: number): void;
  /** It is one by itself again. */
  left(session: ClientSession, now: number): void;
  ended(session: ClientSession, now: number): void;
}

export interface SessionTimes {
  /** Milliseconds without a request after which a session ends. */
  idleTimeoutMs: number;
  /** Milliseconds between two updates of a session that changed. */
  updateIntervalMs: number;
}

/** A session without news is reported at every fifth interval all the same. */
const QUIET_INTERVALS = 5;
/** Sessions open at once; with more, one gives way, so that a flood of clients cannot fill the memory. */
const MAX_OPEN_SESSIONS = 100_000;
/** Sessions in use that are passed over to find one that is not. */
const MAX_PASSED_OVER = 100;
/** Ended sessions that can go on. */
const MAX_RESUMABLE = 1_000;

/** The open client sessions of one manager, by id. Has no timer: `tick` is called from outside. */
export class SessionRegistry {
  readonly #open = new Map<string, ClientSession>();
  /** Ended ones that the application or the client named: a conversation goes on after lunch, over whatever connection. */
  readonly #resumable = new Map<string, ClientSession>();
  /** Those that the current tick has yet to look at. */
  #due: Iterator<ClientSession> | undefined;
  /** Those that have yet to be asked to give way; kept while there are too many, for to begin anew takes long. */
  #oldest: Iterator<ClientSession> | undefined;
  readonly #times: SessionTimes;
  readonly #listener: SessionListener;

  constructor(times: SessionTimes, listener: SessionListener) {
    this.#times = times;
    this.#listener = listener;
  }

  get size(): number {
    return this.#open.size;
  }

  /** The session with this id: open, or ended and able to go on. */
  get(id: string): ClientSession | undefined {
    return this.#open.get(id) ?? this.#resumable.get(id);
  }

  all(): Iterable<ClientSession> {
    return this.#open.values();
  }

  /** Opens a session with its first request. */
  open(
    id: string,
    source: SessionSource,
    now: number,
    facts: SessionFacts,
    opening: Opening = {},
  ): ClientSession {
    const session = new ClientSession(id, source, now, facts, opening);
    session.noteRequest(now, opening.tool);
    this.#add(session, now);
    this.#listener.started(session, now);
    return session;
  }

  /** Opens an ended session again: a client that was idle for long came back on its old connection. */
  resume(session: ClientSession, now: number): void {
    if (session.endReason === undefined) return;
    session.endReason = undefined;
    session.lastActivityAt = now;
    this.#add(session, now);
    this.#listener.resumed(session, now);
  }

  /** Makes `part`, which saw a handshake only, part of the conversation that it led to. */
  join(part: ClientSession, whole: ClientSession, now: number): void {
    part.becomePartOf(whole);
    this.#listener.joined(part, now);
  }

  /** Makes `part` a session by itself again, since its client does there what is of no conversation, or of another. */
  leave(part: ClientSession, now: number): void {
    if (part.partOf === undefined) return;
    part.leaveWhole();
    // One that had ended counts again when it goes on.
    if (part.endReason === undefined) this.#listener.left(part, now);
  }

  /** Ends the session, once. */
  end(session: ClientSession, reason: SessionEndReason, now: number): void {
    if (session.endReason !== undefined) return;
    session.endReason = reason;
    this.#open.delete(session.id);
    if (session.source === 'application' || session.source === 'conversation') this.#keep(session);
    this.#listener.ended(session, now);
  }

  /**
   * Ends what is open, `most` sessions at once.
   *
   * @returns whether there are more.
   */
  endAll(reason: SessionEndReason, now: number, most = Number.POSITIVE_INFINITY): boolean {
    let ended = 0;
    for (const session of this.#open.values()) {
      if (ended === most) return true;
      this.end(session, reason, now);
      ended += 1;
    }
    return false;
  }

  /**
   * Ends what has been idle for too long and reports what is due, `most` sessions at once.
   *
   * @returns whether it stopped there; the next call goes on.
   */
  tick(now: number, most = Number.POSITIVE_INFINITY): boolean {
    this.#due ??= this.#open.values();
    let told = 0;
    while (told < most) {
      const next = this.#due.next();
      if (next.done === true) {
        this.#due = undefined;
        return false;
      }
      if (this.#tell(next.value, now)) told += 1;
    }
    return true;
  }

  /** Says whether there was something to tell of `session`. */
  #tell(session: ClientSession, now: number): boolean {
    const { idleTimeoutMs, updateIntervalMs } = this.#times;
    session.clockAt(now);
    if (session.openRequests === 0 && now - session.lastActivityAt >= idleTimeoutMs) {
      this.end(session, 'idle_timeout', now);
      return true;
    }
    const sinceReport = now - session.reportedAt;
    // What a session waits for is told once, and that it waits no longer: neither changes a count.
    const hasNews = session.changed || session.openRequests !== session.openTold;
    const quiet = hasNews ? 1 : QUIET_INTERVALS;
    if (sinceReport < quiet * updateIntervalMs) return false;
    this.#listener.updated(session, now);
    return true;
  }

  #add(session: ClientSession, now: number): void {
    if (this.#open.size >= MAX_OPEN_SESSIONS) this.#makeRoom(now);
    else this.#oldest = undefined;
    this.#resumable.delete(session.id);
    this.#open.set(session.id, session);
  }

  /** Ends the oldest that saw a single request: a flood of names must not end what is in use. */
  #makeRoom(now: number): void {
    for (let passedOver = 0; ; ) {
      this.#oldest ??= this.#open.values();
      const next = this.#oldest.next();
      if (next.done === true) {
        this.#oldest = undefined;
        continue;
      }
      const isInUse = next.value.calls > 1 || next.value.openRequests > 0;
      if (!isInUse || passedOver === MAX_PASSED_OVER) return void this.end(next.value, 'idle_timeout', now);
      passedOver += 1;
    }
  }

  #keep(session: ClientSession): void {
    this.#resumable.set(session.id, session);
    if (this.#resumable.size <= MAX_RESUMABLE) return;
    for (const oldest of this.#resumable.keys()) return void this.#resumable.delete(oldest);
  }
}
