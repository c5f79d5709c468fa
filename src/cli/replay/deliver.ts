import { setTimeout as delay } from 'node:timers/promises';
import { explainNoReceiver, type Finding, rootCause, withWish } from '../../sdk/diagnostics/failures.ts';
import { NoAnswerError, sendRequest } from '../http/request.ts';
import { type Accepted, hiderOfSent, judgeAnswer } from '../otlp/answer.ts';

/** What became of a request. */
export type Delivery =
  | Accepted
  /** The receiver said no, and would again. */
  | { readonly status: 'refused'; readonly finding: Finding }
  /** It was not taken for as long as it was tried. */
  | { readonly status: 'given up'; readonly finding: Finding }
  /** It may have arrived: there is no answer. */
  | { readonly status: 'unsure'; readonly finding: Finding }
  /** The user ended it before it was taken. */
  | { readonly status: 'stopped' };

export interface Receiver {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: { ca?: Buffer; cert?: Buffer; key?: Buffer };
}

export interface DeliveryOptions {
  /** For one answer. */
  readonly timeoutMs: number;
  /** For how long a request that is not taken is tried again. */
  readonly retryForMs: number;
  /** Whether the receiver was there before: only then it is waited for when it cannot be reached. */
  readonly wasReached: boolean;
  readonly now: () => number;
  /** Aborted by the first wish to end: what is under way is awaited, nothing is begun. */
  readonly stop: AbortSignal;
  /** Aborted by the second. */
  readonly abort: AbortSignal;
  /** Called in each try when there is a connection, right before anything is sent. */
  readonly onSending: () => void;
  /** Called after each try of which it is known that nothing was taken. */
  readonly onNotTaken: (finding: Finding, nextTryMs: number | undefined) => void;
}

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
/** Of a connection that never came about: nothing was taken. */
const PASSING = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'];

/** Sends one body until it is taken, refused, or may have arrived. */
export async function deliver(
  body: Uint8Array,
  receiver: Receiver,
  options: DeliveryOptions,
): Promise<Delivery> {
  const deadline = options.now() + options.retryForMs;
  for (let tries = 0; ; tries += 1) {
    if (options.stop.aborted) return { status: 'stopped' };
    const attempt = await tryOnce(body, receiver, options);
    if (attempt.status === 'accepted' || attempt.status === 'unsure') return attempt;
    if (attempt.status !== 'retry') {
      if (attempt.status !== 'stopped') options.onNotTaken(attempt.finding, undefined);
      return attempt;
    }
    const pauseMs = attempt.afterMs ?? pauseAfter(tries);
    const isLast = options.now() + pauseMs > deadline;
    options.onNotTaken(attempt.finding, isLast ? undefined : pauseMs);
    if (isLast) return { status: 'given up', finding: withWish(attempt.finding, attempt.afterMs) };
    await delay(pauseMs, undefined, { signal: options.stop }).catch(() => undefined);
  }
}

type Attempt =
  | Delivery
  | { readonly status: 'retry'; readonly afterMs: number | undefined; readonly finding: Finding };

async function tryOnce(
  body: Uint8Array,
  { url, headers, tls }: Receiver,
  { timeoutMs, abort, now, wasReached, onSending, onNotTaken }: DeliveryOptions,
): Promise<Attempt> {
  try {
    const all = { ...headers, 'content-type': 'application/json', accept: 'application/json' };
    const answer = await sendRequest({
      ...{ url, method: 'POST', headers: all, body, timeoutMs, tls },
      signal: abort,
      onConnected: onSending,
    });
    return judgeAnswer(answer, url, now(), hiderOfSent(headers));
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    const finding = explainNoReceiver(error, url);
    if (error.maybeDelivered) return { status: 'unsure', finding };
    if (abort.aborted) {
      onNotTaken(finding, undefined);
      return { status: 'stopped' };
    }
    const { code } = rootCause(error);
    return wasReached && PASSING.includes(code)
      ? { status: 'retry', afterMs: undefined, finding }
      : { status: 'given up', finding };
  }
}

function pauseAfter(tries: number): number {
  const pause = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries);
  return pause * (0.8 + Math.random() * 0.4);
}
