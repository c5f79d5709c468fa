import type { Attributes, Context } from '@opentelemetry/api';
import { joinNames } from '../protocol/names.ts';
import type { SessionEndReason, SessionSnapshot, SessionSource } from '../types.ts';

/** What is known of the client and its connection; all of it optional, learned as messages arrive. */
export interface SessionFacts {
  clientName?: string | undefined;
  clientVersion?: string | undefined;
  protocolVersion?: string | undefined;
  networkTransport?: string | undefined;
  networkProtocolName?: string | undefined;
  clientAddress?: string | undefined;
  userAgent?: string | undefined;
  /** What the client calls the conversation. */
  conversationId?: string | undefined;
  /** The protocol's id, where the session has another; of several the newest. */
  protocolSessionId?: string | undefined;
}

/** What is known of a session when its first request opens it. */
export interface Opening {
  /** The tool that the request calls. */
  readonly tool?: string | undefined;
  /** Its method. */
  readonly method?: string | undefined;
  /** What the parts of one session have in common that are recorded under ids of their own. */
  readonly key?: string | undefined;
  /** Tells authenticated principals apart. */
  readonly principal?: string | undefined;
}

/** What makes one row of several sessions. */
interface Joining {
  readonly key: string | undefined;
  readonly openedBy: string | undefined;
  readonly principal: string | undefined;
  readonly partOf: ClientSession | undefined;
  /** The key that it had before it became part of another. */
  readonly ownKey: string | undefined;
  /** Of the sessions that are part of this one. */
  readonly callsOfParts: number;
  readonly errorsOfParts: number;
}

const ALONE: Joining = Object.freeze({
  key: undefined,
  openedBy: undefined,
  principal: undefined,
  partOf: undefined,
  ownKey: undefined,
  callsOfParts: 0,
  errorsOfParts: 0,
});

const MAX_TOOLS = 50;
const NO_TOOLS: readonly string[] = Object.freeze([]);

/** The session's place in a trace: where its spans hang. Kept by the signals. */
export interface SessionTrace {
  /** Holds the root span of the current trace, as a span context. */
  context: Context;
  sampled: boolean;
  requestSpans: number;
  openedAt: number;
}

/**
 * One client session: what one client did between its first request and its end.
 * Small on purpose: a server can hold ten thousand idle ones. Times are Unix milliseconds.
 */
export class ClientSession {
  readonly id: string;
  readonly source: SessionSource;
  readonly startedAt: number;
  lastActivityAt: number;
  /** Requests that were received and not yet answered. */
  openRequests = 0;
  /** How many of them there were at the newest session span. */
  openTold = 0;
  calls = 0;
  errors = 0;
  facts: SessionFacts;
  /** Whether its client has only found out what it talks to. */
  isHandshake = true;
  /** What most sessions do without. */
  #joining: Joining | undefined = undefined;
  endReason: SessionEndReason | undefined = undefined;
  /** Number of session spans recorded so far: the next span's `seq`. */
  seq = 0;
  trace: SessionTrace | undefined = undefined;
  /** When the newest session span was recorded, and what `calls`, `errors` and facts it carried. */
  reportedAt: number;
  changed = false;
  /** The attributes under which the session counts as active: a gauge must go down where it went up. */
  activeUnder: Attributes | undefined = undefined;
  #tools: string[] | undefined = undefined;
  #moreTools = false;

  constructor(id: string, source: SessionSource, now: number, facts: SessionFacts, opening: Opening = {}) {
    this.id = id;
    this.source = source;
    this.startedAt = now;
    this.lastActivityAt = now;
    this.reportedAt = now;
    this.facts = facts;
    const { key, method, principal } = opening;
    if (key !== undefined || principal !== undefined)
      this.#joining = { ...ALONE, key, openedBy: method, principal };
  }

  /** `mcp.client.session.key`. */
  get key(): string | undefined {
    return this.#joining?.key;
  }

  /** The method of the first request, where there is a key. */
  get openedBy(): string | undefined {
    return this.#joining?.openedBy;
  }

  /** Tells the authenticated principal of the first request from others. */
  get principal(): string | undefined {
    return this.#joining?.principal;
  }

  /** The session of the conversation that its handshake led to. */
  get partOf(): ClientSession | undefined {
    return this.#joining?.partOf;
  }

  get tools(): readonly string[] {
    return this.#tools ?? NO_TOOLS;
  }

  /** The tools as one text, `…` last where there were more than 50. */
  get toolsText(): string {
    return joinNames(this.tools, this.#moreTools);
  }

  noteRequest(now: number, tool: string | undefined): void {
    this.calls += 1;
    this.partOf?.countOfPart(1, 0);
    this.lastActivityAt = now;
    this.changed = true;
    if (tool !== undefined) this.#noteTool(tool);
  }

  noteFailure(): void {
    this.errors += 1;
    this.partOf?.countOfPart(0, 1);
    this.changed = true;
  }

  /** Makes this session, which saw a handshake only, part of the conversation that followed. */
  becomePartOf(whole: ClientSession): void {
    this.#joining = { ...ALONE, ...this.#joining, key: whole.key, partOf: whole, ownKey: this.key };
    whole.countOfPart(this.calls, this.errors);
    this.learn({ conversationId: whole.facts.conversationId });
  }

  /** Makes it a session by itself again: it was more than the handshake of one conversation. */
  leaveWhole(): void {
    const { partOf, ownKey } = this.#joining ?? ALONE;
    if (partOf === undefined) return;
    partOf.countOfPart(-this.calls, -this.errors);
    this.#joining = { ...ALONE, ...this.#joining, key: ownKey, partOf: undefined, ownKey: undefined };
    this.facts = { ...this.facts, conversationId: undefined };
    this.changed = true;
  }

  /** A session that is part of this one has counted. */
  countOfPart(calls: number, errors: number): void {
    const joining = this.#joining ?? ALONE;
    this.#joining = {
      ...joining,
      callsOfParts: joining.callsOfParts + calls,
      errorsOfParts: joining.errorsOfParts + errors,
    };
  }

  /** Another session was seen to have its key. */
  dropKey(): void {
    if (this.#joining?.key === undefined) return;
    this.#joining = { ...this.#joining, key: undefined };
    this.changed = true;
  }

  /** Times of the future come from a clock that has gone back; nothing would be due for as long. */
  clockAt(now: number): void {
    this.lastActivityAt = Math.min(this.lastActivityAt, now);
    this.reportedAt = Math.min(this.reportedAt, now);
    if (this.trace !== undefined) this.trace.openedAt = Math.min(this.trace.openedAt, now);
  }

  /** Takes over what is new; facts once known stay known. */
  learn(facts: SessionFacts): void {
    for (const key of Object.keys(facts) as (keyof SessionFacts)[]) {
      const value = facts[key];
      if (value === undefined || this.facts[key] === value) continue;
      this.facts = { ...this.facts, [key]: value };
      this.changed = true;
    }
  }

  /** Milliseconds: to now while it is open, to its newest request, or the answer to it, once it fell idle. */
  durationAt(now: number): number {
    const until = this.endReason === 'idle_timeout' ? this.lastActivityAt : now;
    return Math.max(0, until - this.startedAt);
  }

  snapshot(now: number): SessionSnapshot {
    const { clientName, clientVersion, protocolVersion, conversationId } = this.facts;
    return Object.freeze({
      id: this.id,
      source: this.source,
      startedAt: this.startedAt,
      lastActivityAt: this.lastActivityAt,
      durationMs: this.durationAt(now),
      calls: this.calls + (this.#joining?.callsOfParts ?? 0),
      errors: this.errors + (this.#joining?.errorsOfParts ?? 0),
      tools: Object.freeze([...this.tools]),
      ...(clientName !== undefined && { clientName }),
      ...(clientVersion !== undefined && { clientVersion }),
      ...(protocolVersion !== undefined && { protocolVersion }),
      ...(conversationId !== undefined && { conversationId }),
    });
  }

  #noteTool(tool: string): void {
    this.#tools ??= [];
    if (this.#tools.includes(tool)) return;
    if (this.#tools.length < MAX_TOOLS) this.#tools.push(tool);
    else this.#moreTools = true;
  }
}
