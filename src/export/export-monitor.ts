import { logLine } from '../diagnostics/log.ts';

/**
 * Counts what could not be delivered and says it on stderr: one line when an outage begins, one when it ends, one at
 * the end of the process for what is still untold. A collector that is away must not fill a log.
 */
export class ExportMonitor {
  readonly #target: string;
  #failing = false;
  #closed = false;
  #untold = 0;

  /** @param target what the lines call the destination: a URL or a folder. */
  constructor(target: string) {
    this.#target = target;
  }

  succeeded(): void {
    if (!this.#failing || this.#closed) return;
    this.#failing = false;
    logLine(`exporting to ${this.#target} works again${this.#takeUntold()}`);
  }

  /** @param lostSpans how many spans went with it; 0 for metrics, whose next export repeats them. */
  failed(reason: unknown, lostSpans: number): void {
    this.addLost(lostSpans);
    if (this.#failing || this.#closed) return;
    this.#failing = true;
    logLine(
      `cannot export to ${this.#target} (${describe(reason)}); will go on trying, requests are not affected`,
    );
  }

  addLost(spans: number): void {
    this.#untold += spans;
  }

  /** The closing line, where spans were lost that no line told of. What an exporter tries after it is not told. */
  close(): void {
    this.#closed = true;
    if (this.#untold > 0) logLine(`exporting to ${this.#target} ended${this.#takeUntold()}`);
  }

  #takeUntold(): string {
    const text = this.#untold === 0 ? '' : `; ${this.#untold} spans were lost`;
    this.#untold = 0;
    return text;
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
