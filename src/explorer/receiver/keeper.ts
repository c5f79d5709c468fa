import type { RecordedSignal } from '../recording/signal.ts';
import { type Answer, type ProblemParts, problem } from './answer.ts';
import { BadData } from './bad-data.ts';
import { type Body, ENCODINGS, type Refused } from './body.ts';
import { takeUsable } from './content.ts';
import type { Encoding } from './encoding.ts';
import { linesOf } from './lines.ts';
import type { SignalParts } from './signals.ts';
import { openStorage } from './storage.ts';

export interface KeeperOptions {
  /** The folder whose files are appended to. It is made when the first request comes. */
  readonly dir: string;
  /** Told when lines were written, before the sender is. */
  readonly onWritten?: ((signal: RecordedSignal) => void) | undefined;
  /** Takes a line for people: that nothing can be written, and that it can again. */
  readonly warn?: ((line: string) => void) | undefined;
}

/** Writes down what is in a body. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #storage: ReturnType<typeof openStorage>;
  #isFailing = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#storage = openStorage(options.dir);
  }

  /** The answer to a body; `undefined` where nobody waits for one. */
  answerTo(parts: SignalParts, encoding: Encoding, body: Body): Answer | undefined {
    if ('refused' in body) {
      return body.refused === 'broken off' ? undefined : problem(REFUSALS[body.refused], encoding);
    }
    try {
      return this.#keep(parts, encoding, body.bytes);
    } catch (error) {
      if (!(error instanceof BadData)) throw error;
      const { status, field, message } = error;
      const sentence = field === '' ? message : `${field} ${message}`;
      return problem({ status, message: sentence, field }, encoding);
    }
  }

  #keep(parts: SignalParts, encoding: Encoding, body: Buffer): Answer {
    const taken = takeUsable(parts, encoding.decode(parts.request, body));
    let { rejected, reason } = taken;
    if (taken.request !== undefined) {
      const lines = linesOf(parts, taken.request);
      if (lines.rejected > 0) reason ??= 'too large for a line of a file';
      rejected += lines.rejected;
      if (lines.bytes.length > 0 && !this.#write(parts.signal, lines.bytes))
        return problem(NOT_WRITTEN, encoding);
    }
    const message =
      rejected === 0
        ? {}
        : { partialSuccess: { [parts.rejected]: BigInt(rejected), errorMessage: `not kept: ${reason}` } };
    return {
      status: 200,
      contentType: encoding.contentType,
      body: encoding.response(parts.response, message),
    };
  }

  #write(signal: RecordedSignal, lines: Buffer): boolean {
    const { dir, warn, onWritten } = this.#options;
    try {
      this.#storage.append(signal, lines);
    } catch (error) {
      if (!this.#isFailing) {
        warn?.(`cannot write to ${dir}: ${(error as Error).message}; senders are told to try again`);
      }
      this.#isFailing = true;
      return false;
    }
    if (this.#isFailing) warn?.(`writing to ${dir} again`);
    this.#isFailing = false;
    try {
      onWritten?.(signal);
    } catch (error) {
      // What is written is written: sent again, it would be there twice.
      warn?.(`after writing to ${dir}: ${(error as Error).message}`);
    }
    return true;
  }
}

const REFUSALS: Readonly<Record<Exclude<Refused, 'broken off'>, ProblemParts>> = {
  'too large': { status: 413, message: 'the body is too large; send less at a time' },
  'too slow': { status: 408, message: 'the body took too long to come' },
  'too many at once': {
    status: 429,
    message: 'too much is being sent at a time',
    headers: { 'retry-after': '1' },
  },
  'unknown encoding': {
    status: 415,
    message: `the Content-Encoding must be one of ${ENCODINGS}`,
    headers: { 'accept-encoding': ENCODINGS },
  },
  'not of its encoding': { status: 400, message: 'the body is not what its Content-Encoding says' },
};

const NOT_WRITTEN: ProblemParts = {
  status: 503,
  message: 'what was sent cannot be written at the moment',
  headers: { 'retry-after': '10' },
};
