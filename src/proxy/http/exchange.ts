import { AsyncResource } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import { guard } from '../../sdk/diagnostics/guard.ts';
import { logOnce } from '../../sdk/diagnostics/log.ts';
import { tellOf } from '../../sdk/passing.ts';
import { isRequest, isResponse, type RequestId } from '../../sdk/protocol/json-rpc.ts';
import type { ReadMessage } from './message-reader.ts';
import type { ServedSession } from './served-session.ts';
import type { ServedSessions } from './served-sessions.ts';
import { pathWithin } from './upstream-path.ts';

/** What is known of an HTTP request when it comes in. */
export interface Asked {
  readonly method: string;
  /** As it goes upstream. */
  readonly path: string;
  /** As the client sent them. */
  readonly headers: IncomingHttpHeaders;
}

/** How an exchange ended. */
export type Ending = 'answered' | 'client-gone' | 'upstream-gone';

/** What a request is recorded with that got no answer. */
const NO_ANSWER: Readonly<Record<Exclude<Ending, 'answered'>, string>> = {
  'client-gone': 'the client hung up',
  'upstream-gone': 'the connection to the server was lost',
};

const UNREAD =
  'an answer could not be read: it was passed on as it is, and is recorded without its outcome; so are further ones';

const ELSEWHERE =
  'the server wants messages at another origin than its stream: they do not pass here, and are not recorded';

/**
 * One HTTP request and its answer, read after they have passed. Messages of a session that is not known here are read
 * when the server has taken them, which its headers tell: only these tell the id of a session that begins, and a server
 * that refuses them, for want of a token perhaps, does not see them.
 */
export class Exchange {
  readonly #sessions: ServedSessions;
  readonly #target: URL;
  readonly #asked: Asked;
  /** The peer of the HTTP request is found in its asynchronous context. */
  readonly #context = new AsyncResource('mcp-sessionscope HTTP request');
  #hangUp: AbortController | undefined;
  /** The protocol's id of the session, or the path that its client was told. */
  #name: string;
  #session: ServedSession | undefined;
  /** Whether the session ends with this exchange. */
  #isOwn = false;
  /** Messages of the client that are not read yet; `undefined` as long as they have not all come. */
  #unread: readonly ReadMessage[] | undefined;
  /** On the monotonic clock: when they had all come. */
  #receivedAt = 0;
  readonly #requests: RequestId[] = [];
  readonly #unheard: ReadMessage[] = [];
  #status: number | undefined;
  #answeredId: string | undefined;
  #type = '';
  /** Whether the client can ask for what it has missed of the stream. */
  #isResumable = false;
  #ending: Ending | undefined;
  #isOver = false;

  constructor(sessions: ServedSessions, target: URL, asked: Asked) {
    this.#sessions = sessions;
    this.#target = target;
    this.#asked = asked;
    this.#name = sessionIdIn(asked.headers) ?? asked.path;
    this.#session = sessions.find(this.#name);
  }

  /** All messages of the client have come. */
  asked(messages: readonly ReadMessage[]): void {
    this.#unread = messages;
    this.#receivedAt = performance.now();
    this.#goOn();
  }

  /** The server has begun to answer. */
  answered(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#answeredId = sessionIdIn(headers);
    this.#type = headers['content-type'] ?? '';
    this.#goOn();
  }

  said(read: ReadMessage): void {
    this.#unheard.push(read);
    this.#goOn();
  }

  /** An event has an id, whether it brings a message or not. */
  canResume(): void {
    this.#isResumable = true;
  }

  /** A stream of the older transport has told where the messages of its client go to. */
  endpoint(named: string): void {
    const path = pathWithin(this.#target, this.#asked.path, named);
    if (path === undefined) logOnce(ELSEWHERE);
    else if (this.#session === undefined) {
      this.#name = path;
      this.#session = this.#sessions.open(path, sessionIdInQuery(path));
      this.#isOwn = true;
    }
  }

  /** Nothing more passes; the first call counts. */
  over(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    if (ending === 'client-gone') this.#hangUp?.abort();
    this.#goOn();
  }

  /** Aborted when the client hangs up; made when asked for, for few do. */
  get signal(): AbortSignal {
    this.#hangUp ??= new AbortController();
    if (this.#ending === 'client-gone') this.#hangUp.abort();
    return this.#hangUp.signal;
  }

  #goOn(): void {
    // What the client sends may be read later than what the server answers, where it is compressed.
    if (this.#unread === undefined) return;
    const isEnding = this.#ending !== undefined && !this.#isOver;
    if (this.#unread.length === 0 && this.#unheard.length === 0 && !isEnding) return;
    this.#context.runInAsyncScope(guard, undefined, 'reading an HTTP request', () =>
      this.#read(this.#unread ?? []),
    );
  }

  #read(unread: readonly ReadMessage[]): void {
    if (unread.length > 0 && this.#isTaken(unread)) this.#readClient(unread);
    if (this.#unread?.length === 0) this.#readServer();
    if (this.#ending === undefined || this.#isOver) return;
    this.#isOver = true;
    if (this.#session !== undefined) this.#end(this.#session, this.#ending);
  }

  /** Whether the server has the messages before it, as far as can be told. */
  #isTaken(asked: readonly ReadMessage[]): boolean {
    if (this.#session !== undefined) return true;
    if (this.#status === undefined) return this.#ending === 'client-gone';
    if (this.#status < 400) return true;
    // In the protocol without sessions, errors have a status too.
    return this.#unheard.some(
      ({ message }) =>
        isResponse(message) &&
        asked.some((each) => isRequest(each.message) && each.message.id === message.id),
    );
  }

  #readClient(asked: readonly ReadMessage[]): void {
    this.#unread = [];
    const session = this.#find();
    const extra = { requestInfo: { headers: this.#asked.headers }, request: this };
    const at = this.#status === undefined ? undefined : this.#receivedAt;
    for (const { message, bytes } of asked) {
      if (isRequest(message)) this.#requests.push(message.id);
      told(at, bytes, () => session.fromClient(message, extra));
    }
  }

  #readServer(): void {
    for (const { message, bytes, eventId } of this.#unheard.splice(0)) {
      told(undefined, bytes, () => this.#find().fromServer(message, eventId));
    }
  }

  #find(): ServedSession {
    if (this.#session !== undefined) return this.#session;
    const id = this.#answeredId ?? sessionIdIn(this.#asked.headers);
    this.#isOwn = id === undefined;
    this.#name = id ?? this.#name;
    this.#session = id === undefined ? this.#sessions.openUnnamed() : this.#sessions.open(id, id);
    return this.#session;
  }

  #end(session: ServedSession, ending: Ending): void {
    if (ending === 'answered' && !this.#isRefused && !this.#mayBeAnsweredElsewhere())
      this.#leaveUnread(session);
    if (this.#isOwn) {
      if (this.#sessions.find(this.#name) === session) this.#sessions.close(this.#name);
      else session.close();
      return;
    }
    const isLast = this.#isLast(session);
    this.#failUnanswered(session, ending);
    if (isLast) this.#sessions.close(this.#name);
  }

  /** Whether the session is over: its client has deleted it, or the server does not know it any more. */
  #isLast(session: ServedSession): boolean {
    const { method, headers } = this.#asked;
    if (this.#status === undefined || sessionIdIn(headers) !== this.#name) return false;
    if (method === 'DELETE') return this.#status < 300 || this.#status === 404;
    const isUnanswered = this.#requests.every((id) => session.isOpen(id));
    return method === 'POST' && this.#status === 404 && isUnanswered;
  }

  #failUnanswered(session: ServedSession, ending: Ending): void {
    if (!this.#isRefused && this.#mayBeAnsweredElsewhere()) return;
    const reason = this.#isRefused || ending === 'answered' ? `HTTP ${this.#status}` : NO_ANSWER[ending];
    for (const id of this.#openIn(session)) session.fail(id, reason);
  }

  #leaveUnread(session: ServedSession): void {
    const open = this.#openIn(session);
    if (open.length > 0) logOnce(UNREAD);
    for (const id of open) session.answeredUnread(id);
  }

  #openIn(session: ServedSession): RequestId[] {
    return this.#requests.filter((id) => session.isOpen(id));
  }

  get #isRefused(): boolean {
    return this.#status !== undefined && this.#status >= 400;
  }

  /** The older transport has a stream for the answers, and the client can ask for the rest of a stream that broke. */
  #mayBeAnsweredElsewhere(): boolean {
    if (this.#status === undefined) return false;
    return this.#isResumable || !/^\s*(?:text\/event-stream|application\/json)\b/i.test(this.#type);
  }
}

/** @param at when the message passed, where that is longer ago than it takes to read it */
function told(at: number | undefined, bytes: number | undefined, tell: () => void): void {
  if (at === undefined && bytes === undefined) tell();
  else tellOf({ at: at ?? performance.now(), bytes }, tell);
}

function sessionIdIn(headers: IncomingHttpHeaders): string | undefined {
  const id = headers['mcp-session-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** The SDKs name it `sessionId` and `session_id`. */
function sessionIdInQuery(path: string): string | undefined {
  return /[?&]session_?id=([^&]+)/i.exec(path)?.[1];
}
