import { basename } from 'node:path';
import type { RecordingFile } from '../../explorer/recording/files.ts';
import type { Position } from '../../explorer/recording/lines.ts';
import { FORMS, type RecordedSignal } from '../../explorer/recording/signal.ts';
import { visible } from '../../explorer/text/visible.ts';
import type { Finding } from '../../sdk/diagnostics/failures.ts';
import type { CliIo } from '../io.ts';
import { type Batch, batchesOf, behind, type Step, sentOf } from './batches.ts';
import { joinLines } from './content.ts';
import { type Delivery, deliver, type Receiver } from './deliver.ts';
import type { FileState, ReplayJournal, Sent } from './journal.ts';
import { Progress } from './progress.ts';
import { createTally, number, placeOfLines, type Tally } from './tally.ts';
import { failureText, fixText, placeOf } from './texts.ts';

/** A file with what it is known by. */
export interface IdentifiedFile extends RecordingFile {
  readonly id: string;
}

export interface ReplayParts {
  readonly files: readonly IdentifiedFile[];
  readonly receivers: Readonly<Record<RecordedSignal, Receiver>>;
  readonly journal: ReplayJournal;
  /** What the journal calls the receiver. */
  readonly to: string;
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
  readonly io: CliIo;
}

export interface ReplayOptions {
  readonly batch: number;
  readonly timeout: number;
  readonly retryFor: number;
  readonly skipRefused: boolean;
  readonly resendUnsure: boolean;
}

/** Why a replay ended before its end; without an end, all was gone through. */
export interface Ending {
  readonly tally: Tally;
  readonly failure: string | undefined;
  readonly isStopped: boolean;
}

/** Lines and answers that are named one by one. */
const MAX_NAMED = 20;

/** Sends what the journal does not know yet, one request at a time. */
export class Replay {
  readonly #parts: ReplayParts;
  readonly #options: ReplayOptions;
  readonly #tally = createTally();
  readonly #progress: Progress;
  readonly #filesSent = new Set<string>();
  #done = 0;
  #named = 0;
  #wasReached = false;

  constructor(parts: ReplayParts, options: ReplayOptions) {
    this.#parts = parts;
    this.#options = options;
    const total = parts.files.reduce((sum, { size, id }) => sum + size - this.#stateOf(id, '').offset, 0);
    this.#progress = new Progress(parts.io, total);
  }

  async run(): Promise<Ending> {
    try {
      for (const file of this.#parts.files) {
        const failure = await this.#sendFile(file).catch((error: unknown) =>
          this.#leaveVanished(file, error),
        );
        if (failure !== undefined || this.#parts.stop.aborted) return this.#ending(failure);
      }
      return this.#ending(undefined);
    } finally {
      this.#progress.clear();
    }
  }

  #ending(failure: string | undefined): Ending {
    return { tally: this.#tally, failure, isStopped: failure === undefined && this.#parts.stop.aborted };
  }

  /** A server that runs removes its oldest files. */
  #leaveVanished({ path }: IdentifiedFile, error: unknown): undefined {
    const { code, path: of } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || of !== path) throw error;
    this.#progress.say(`${visible(basename(path))} was removed meanwhile: left out`);
  }

  async #sendFile(file: IdentifiedFile): Promise<string | undefined> {
    const { path, id, size } = file;
    const state = this.#stateOf(id, path);
    if (state.offset > size) {
      this.#progress.say(`${visible(basename(path))} is shorter than what was sent of it: it is left out`);
      return undefined;
    }
    this.#tally.before += state.lines;
    const failure = await this.#settleUnsure(file);
    if (failure !== undefined) return failure;
    const { offset, lines } = this.#stateOf(id, path);
    for await (const step of batchesOf(file, { offset, lines }, this.#options.batch)) {
      if (this.#parts.stop.aborted) break;
      const failed = await this.#take(file, step);
      if (failed !== undefined) return failed;
      this.#progress.show(this.#done, this.#tally);
    }
    return undefined;
  }

  async #take(file: IdentifiedFile, step: Step): Promise<string | undefined> {
    if (step.kind === 'batch') return this.#send(file, step.batch, behind(step.batch));
    const { line, content } = step;
    this.#done += line.end - line.start;
    if (content.kind === 'broken' && !line.isWhole) {
      this.#name(`${placeOf(file, line.number)} ${content.reason}: left for the next time`);
      return undefined;
    }
    if (content.kind === 'broken') {
      this.#tally.broken += 1;
      this.#name(`${placeOf(file, line.number)} ${content.reason}: left out`);
    }
    // Noted where something was found: blank lines may be passed again.
    if (content.kind !== 'blank') this.#put(file, { offset: line.end, lines: line.number });
    return undefined;
  }

  /** Requests of earlier runs that may have arrived: named, and sent again where that is wished. */
  async #settleUnsure(file: IdentifiedFile): Promise<string | undefined> {
    for (const sent of this.#stateOf(file.id, file.path).unsure) {
      const place = placeOfLines(file.path, sent.firstLine, sent.lastLine);
      if (!this.#options.resendUnsure) {
        this.#tally.unsure += 1;
        this.#name(
          `${place} may or may not have arrived: the run that sent it got no answer. It is not sent again; --resend-unsure does that`,
        );
        continue;
      }
      const from = { offset: sent.start, lines: sent.firstLine - 1 };
      for await (const step of batchesOf({ ...file, size: sent.end }, from, Number.POSITIVE_INFINITY)) {
        if (step.kind !== 'batch') continue;
        const failure = await this.#send(file, step.batch, undefined);
        if (failure !== undefined || this.#parts.stop.aborted) return failure;
      }
    }
    return undefined;
  }

  /** @param then - where the file is dealt with up to when the batch is; `undefined`: where it was */
  async #send(file: IdentifiedFile, batch: Batch, then: Position | undefined): Promise<string | undefined> {
    const { stop, abort, receivers, io } = this.#parts;
    const sent = sentOf(batch);
    const body = joinLines(
      batch.lines.flatMap(({ bytes }) => bytes ?? []),
      batch.signal,
    );
    const before = this.#stateOf(file.id, file.path);
    const delivery = await deliver(body, receivers[batch.signal], {
      timeoutMs: this.#options.timeout,
      retryForMs: this.#options.retryFor,
      wasReached: this.#wasReached,
      now: io.now,
      stop,
      abort,
      onSending: () => this.#put(file, { sending: sent }),
      onNotTaken: (finding, nextTryMs) => {
        this.#put(file, before);
        if (nextTryMs !== undefined) this.#sayRetry(finding, nextTryMs);
      },
    });
    this.#wasReached ||= delivery.status === 'accepted';
    return this.#settle(file, batch, delivery, then);
  }

  #settle(
    file: IdentifiedFile,
    batch: Batch,
    delivery: Delivery,
    then: Position | undefined,
  ): string | undefined {
    const sent = sentOf(batch);
    const place = placeOfLines(file.path, sent.firstLine, sent.lastLine);
    const others = this.#stateOf(file.id, file.path).unsure.filter(({ start }) => start !== sent.start);
    if (delivery.status === 'stopped') return undefined;
    if (delivery.status === 'given up') return failureText(place, delivery.finding);
    if (delivery.status === 'unsure') {
      this.#tally.unsure += 1;
      this.#put(file, { ...then, sending: undefined, unsure: [...others, sent] });
      return `${place} may or may not have arrived: ${delivery.finding.what}.\nRun the same command again to continue after it; with --resend-unsure it is sent again first.${fixText(delivery.finding)}`;
    }
    if (delivery.status === 'refused') {
      if (!this.#options.skipRefused) {
        return `${failureText(place, delivery.finding)}\nTo leave out what is refused and go on: --skip-refused.`;
      }
      this.#tally.refused += 1;
      this.#name(`${place} is left out: ${delivery.finding.what}`);
    } else this.#count(file, batch, sent, Math.min(delivery.rejected, batch.items), delivery.message);
    this.#put(file, { ...then, sending: undefined, unsure: others });
    return undefined;
  }

  #count(
    file: IdentifiedFile,
    batch: Batch,
    sent: Sent,
    rejected: number,
    message: string | undefined,
  ): void {
    const tally = this.#tally;
    tally.requests += 1;
    this.#filesSent.add(file.id);
    tally.files = this.#filesSent.size;
    tally.lines += batch.lines.length;
    tally.bytes += sent.end - sent.start;
    tally.items[batch.signal] += batch.items;
    this.#done += sent.end - sent.start;
    tally.rejected += rejected;
    if (rejected === 0 && message === undefined) return;
    const place = placeOfLines(file.path, sent.firstLine, sent.lastLine);
    const lost = `the receiver threw away ${rejected} of ${number(batch.items, FORMS[batch.signal].item)}`;
    const said = message === undefined ? '' : `: ${message}`;
    this.#name(`${place} was sent; ${rejected === 0 ? 'the receiver warns' : lost}${said}`);
  }

  #stateOf(id: string, path: string): FileState {
    const { journal, to } = this.#parts;
    return journal.of(to, id) ?? { name: basename(path), offset: 0, lines: 0, unsure: [] };
  }

  #put({ id, path }: IdentifiedFile, change: Partial<FileState>): void {
    const { journal, to } = this.#parts;
    journal.put(to, id, { ...this.#stateOf(id, path), sending: undefined, ...change });
  }

  #sayRetry({ what }: Finding, nextTryMs: number): void {
    this.#progress.say(
      `${what}; trying again in ${(nextTryMs / 1_000).toFixed(nextTryMs < 10_000 ? 1 : 0)} s`,
    );
  }

  #name(text: string): void {
    this.#named += 1;
    if (this.#named <= MAX_NAMED) this.#progress.say(text);
    else if (this.#named === MAX_NAMED + 1) this.#progress.say('further ones are only counted');
  }
}
