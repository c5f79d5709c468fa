import { logLine } from '../diagnostics/log.ts';
import { isRefused } from './refused.ts';

/**
 * Counts what could not be delivered and says it on stderr: one line when an outage begins, one when it ends, one at
 * the end of the process for what is still untold. A collector that is away must not fill a log.
 */
export class ExportMonitor {
  readonly #target: string;
  #failing = false;
  #closing = false;
  #closed = false;
  /** Of the newest failure of the outage. */
  #reason: string | undefined;
  #untold = 0;

  /** @param target what the lines call the destination: a URL or a folder. */
  constructor(target: string) {
    this.#target = target;
  }

  succeeded(): void {
    if (!this.#failing || this.#closed) return;
    this.#failing = false;
    this.#reason = undefined;
    logLine(`exporting to ${this.#target} works again${this.#takeUntold()}`);
  }

  /** @param lostSpans how many spans went with it; 0 for metrics, whose next export repeats them. */
  failed(reason: unknown, lostSpans: number): void {
    this.addLost(lostSpans);
    if (this.#closed) return;
    this.#reason = describe(reason);
    // What was refused at the end is not tried again, and the closing line says so.
    if (this.#failing || (this.#closing && isRefused(reason))) return;
    this.#failing = true;
    logLine(
      `cannot export to ${this.#target} (${this.#reason}); will go on trying, requests are not affected`,
    );
  }

  /** @param reason for where no failure has given one. */
  addLost(spans: number, reason?: string): void {
    this.#untold += spans;
    if (spans > 0) this.#reason ??= reason;
  }

  /** The shutdown has begun. */
  closing(): void {
    this.#closing = true;
  }

  /** The closing line, where spans were lost that no line told of. What an exporter tries after it is not told. */
  close(): void {
    this.#closed = true;
    const reason = this.#reason === undefined ? '' : ` (${this.#reason})`;
    if (this.#untold > 0) logLine(`exporting to ${this.#target} ended${this.#takeUntold()}${reason}`);
  }

  #takeUntold(): string {
    const spans = this.#untold;
    this.#untold = 0;
    if (spans === 0) return '';
    return spans === 1 ? '; 1 span was lost' : `; ${spans} spans were lost`;
  }
}

function describe(reason: unknown): string {
  if (typeof reason !== 'object' || reason === null) return String(reason);
  const { message, code, errors } = reason as { message?: unknown; code?: unknown; errors?: unknown };
  if (typeof code === 'number') return `HTTP ${code} ${String(message ?? '')}`.trim();
  // A refused connection to a name with several addresses is an AggregateError without a message.
  if (Array.isArray(errors) && errors.length > 0) return describe(errors[0]);
  return String(message || code || 'no reason given');
}
