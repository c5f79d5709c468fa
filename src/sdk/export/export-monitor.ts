import { isHttpUrl } from '../config/validate.ts';
import {
  explainNoReceiver,
  explainStatus,
  type Finding,
  isPageText,
  isPassing,
  REJECTED_FIX,
  withWish,
} from '../diagnostics/failures.ts';
import { guard } from '../diagnostics/guard.ts';
import { logLine } from '../diagnostics/log.ts';
import { processWide } from '../process-wide.ts';
import type { AttemptListener } from './otlp-http.ts';
import { isUndelivered } from './refused.ts';

/** Whether it is said that a receiver cannot be reached; the signals that go there share one. */
export interface Outage {
  isTold: boolean;
}

/** What went wrong, and whether no answer came at all. */
interface Reason extends Finding {
  readonly isAway: boolean;
}

/** How the process leaves the exporter. */
export type Ending = 'shutdown' | 'exit';

const NOT_AWAITED: Reason = {
  isAway: false,
  what: 'the process ended before their delivery was confirmed',
  fix: 'To wait for it, call `installShutdownHooks(telemetry)`, or `await telemetry.shutdown()` before `process.exit()`',
};
const NO_ANSWER: Reason = { isAway: false, what: 'their delivery was not confirmed in time', fix: undefined };
/** For whoever wrote the server, started it with `register`, or stands before it with the command. */
const TO_FILES =
  " To record to files instead: MCP_SESSIONSCOPE_EXPORTER_TYPE=file; in code, exporterType: 'file'; with run and proxy, --dir.";
const DEFAULT_BASE = 'http://localhost:4318';
/** Receivers that advice is given on. */
const MAX_ADVISED = 100;

/**
 * Counts what could not be delivered and says it on stderr: one line when an outage begins, one when it ends, one at
 * the end of the process for what is still untold. A collector that is away must not fill a log. Spans "were lost" where
 * that is known, and "may be lost" where an answer is missing.
 */
export class ExportMonitor implements AttemptListener {
  readonly #target: string;
  readonly #url: URL | undefined;
  readonly #outage: Outage;
  #failing = false;
  /** The line of another signal tells of this outage. */
  #quiet = false;
  #reached = false;
  #closing = false;
  #closed = false;
  #oddTold = false;
  #warningTold = false;
  /** Of the newest failure of the outage. */
  #reason: Reason | undefined;
  /** Why the receiver threw away a part. */
  #rejection: Reason | undefined;
  /** What became of the last values of the metrics, where it is not good. */
  #lastValues: 'were lost' | 'may be lost' | undefined;
  #lost = 0;
  #unsure = 0;

  /** @param target what the lines call the destination: a URL or a folder. */
  constructor(target: string, outage: Outage = { isTold: false }) {
    this.#target = target;
    this.#url = isHttpUrl(target) ? new URL(target) : undefined;
    this.#outage = outage;
  }

  succeeded(): void {
    this.#reached = true;
    this.#lastValues = undefined;
    if (!this.#failing || this.#closed) return;
    this.#failing = false;
    this.#reason = undefined;
    const isUntold = this.#lost + this.#unsure > 0;
    if (!this.#quiet) this.#outage.isTold = false;
    if (this.#quiet && !isUntold) return;
    logLine(`exporting to ${this.#target} works again${this.#takeUntold()}`);
  }

  /** @param spans how many went with it; 0 for metrics, whose next export repeats them. */
  failed(reason: unknown, spans: number): void {
    if (this.#url === undefined || isUndelivered(reason)) this.addLost(spans);
    else this.addUnsure(spans);
    if (this.#closed) return;
    const found = this.#explain(reason);
    this.#reason = found;
    // What fails at the end is not tried for long any more, and the closing line says so.
    if (this.#closing) {
      if (spans === 0) this.#lastValues = isUndelivered(reason) ? 'were lost' : 'may be lost';
    } else if (!this.#failing || (this.#quiet && !found.isAway)) this.#begin(found);
  }

  /** A receiver that never took anything may not be there at all: that is said before the exporter gives up. */
  failedAgain(reason: unknown): void {
    if (this.#reached || this.#failing || this.#closing || this.#closed) return;
    this.#reason = this.#explain(reason);
    this.#begin(this.#reason);
  }

  rejected(count: number, message: string | undefined): void {
    const what =
      message === undefined
        ? `the receiver threw ${count === 1 ? 'it' : 'them'} away`
        : `the receiver says: ${message}`;
    const isSpans = this.#target.endsWith('/traces');
    if (isSpans) this.#lost += count;
    if (this.#rejection !== undefined || this.#closed) return;
    const reason = { isAway: false, what, fix: REJECTED_FIX };
    this.#rejection = reason;
    const lost = isSpans
      ? this.#takeUntold()
      : `; ${count} data ${count === 1 ? 'point was' : 'points were'} lost`;
    logLine(
      `${this.#target} took an export and kept only a part of it${lost}: ${what}${this.#advice(reason)}`,
    );
  }

  /** Said once: a receiver that warns does so each time. */
  warned(message: string): void {
    if (this.#warningTold || this.#closed) return;
    this.#warningTold = true;
    logLine(`${this.#target} took an export and warns: ${message}`);
  }

  answeredOddly(): void {
    if (this.#oddTold || this.#closed) return;
    this.#oddTold = true;
    logLine(
      `what is exported to ${this.#target} may not arrive: its answer is not that of an OTLP receiver${this.#advice({ what: '', fix: 'Check the address.', isAway: false })}`,
    );
  }

  /** Spans that cannot arrive any more. */
  addLost(spans: number): void {
    this.#lost += spans;
  }

  /** Spans that may have arrived. */
  addUnsure(spans: number): void {
    this.#unsure += spans;
  }

  /** The shutdown has begun. */
  closing(): void {
    this.#closing = true;
  }

  /** The closing line, where spans were lost that no line told of. What an exporter tries after it is not told. */
  close(ending: Ending): void {
    this.#closed = true;
    const unanswered = ending === 'exit' ? NOT_AWAITED : NO_ANSWER;
    const own = this.#unsure > 0 ? unanswered : this.#rejection;
    const reason = this.#reason ?? own;
    const lost = this.#takeUntold() || this.#takeLastValues();
    if (lost === '') return;
    const why = reason === undefined ? '' : `: ${reason.what}${this.#advice(reason)}`;
    logLine(`exporting to ${this.#target} ended${lost}${why}`);
    if (reason?.isAway) this.#outage.isTold = true;
  }

  #begin(reason: Reason): void {
    this.#failing = true;
    this.#quiet = reason.isAway && this.#outage.isTold;
    if (this.#quiet) return;
    if (reason.isAway) this.#outage.isTold = true;
    logLine(
      `cannot export to ${this.#target}: ${reason.what}; will go on trying, requests are not affected${this.#advice(reason)}`,
    );
  }

  /** What to do, once per receiver, cure and process. */
  #advice(reason: Reason): string {
    const { fix, isAway } = reason;
    const base = this.#target.replace(/\/v1\/(traces|metrics)$/, '');
    const advised = processWide('advised', () => new Set<string>());
    const key = `${base} ${fix}`;
    if (fix === undefined || advised.has(key) || advised.size >= MAX_ADVISED) return '';
    advised.add(key);
    if (reason === NOT_AWAITED) return `. ${fix}`;
    const files = isAway ? TO_FILES : '';
    const doctor = base === DEFAULT_BASE ? 'doctor' : `doctor --endpoint ${base}`;
    return `. ${fix}${files} \`npx mcp-sessionscope ${doctor}\` says more`;
  }

  #explain(reason: unknown): Reason {
    return (
      guard('explaining a failed export', () => this.#read(reason)) ?? {
        what: 'no reason given',
        fix: undefined,
        isAway: false,
      }
    );
  }

  #read(reason: unknown): Reason {
    const { code, data, afterMs } = (reason ?? {}) as { code?: unknown; data?: unknown; afterMs?: number };
    if (this.#url === undefined) return { what: describe(reason), fix: undefined, isAway: false };
    if (typeof code !== 'number') return { ...explainNoReceiver(reason, this.#url), isAway: true };
    const body = typeof data === 'string' ? data : '';
    const answer = { status: code, isPage: isPageText(body), location: undefined, body, url: this.#url };
    const { what, fix } = withWish(explainStatus(answer), afterMs);
    return { what: `it ${what}`, fix, isAway: isPassing(code) };
  }

  /** Said where no line has told that this receiver does not take anything. */
  #takeLastValues(): string {
    const isTold = this.#failing || (this.#reason?.isAway === true && this.#outage.isTold);
    return this.#lastValues === undefined || isTold
      ? ''
      : `; the last values of the metrics ${this.#lastValues}`;
  }

  #takeUntold(): string {
    const [lost, unsure] = [this.#lost, this.#unsure];
    this.#lost = this.#unsure = 0;
    if (unsure === 0) return lostText(lost);
    if (lost > 0) return `${lostText(lost)}, ${unsure} more may be lost`;
    return unsure === 1 ? '; 1 span may be lost' : `; ${unsure} spans may be lost`;
  }
}

function lostText(spans: number): string {
  if (spans === 0) return '';
  return spans === 1 ? '; 1 span was lost' : `; ${spans} spans were lost`;
}

function describe(reason: unknown): string {
  if (typeof reason !== 'object' || reason === null) return String(reason);
  const { message, code } = reason as { message?: unknown; code?: unknown };
  return String(message || code || 'no reason given');
}
