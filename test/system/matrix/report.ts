import type { OtlpSink } from '../../../tools/support/otlp-sink.ts';
import { closingLine } from '../../../tools/support/table.ts';

interface Row {
  columns: string[];
  ok: boolean;
  spans?: number;
  metrics?: number;
  problems: string[];
}

/** Prints a line for each thing that was checked, as soon as it was, and the closing line. */
export class Report {
  readonly #rows: Row[] = [];
  readonly #json: boolean;
  readonly #started = performance.now();
  #last = this.#started;

  /** @param json print one JSON document at the end instead of lines. */
  constructor(json: boolean) {
    this.#json = json;
  }

  add([what, how]: [string, string], problems: string[], received?: OtlpSink): void {
    const seconds = (performance.now() - this.#last) / 1000;
    this.#last = performance.now();
    const took = seconds < 0.05 ? '' : `${seconds.toFixed(1)} s`;
    const counts = received && { spans: received.spans.length, metrics: received.metrics.length };
    const ok = problems.length === 0;
    this.#rows.push({ columns: [what, how], ok, problems, ...counts });
    if (this.#json) return;
    const arrived = counts === undefined ? '' : `${counts.spans} spans, ${counts.metrics} metrics`;
    const verdict = ok ? 'ok  ' : 'FAIL';
    console.log(
      `${verdict}  ${what.padEnd(26)}  ${how.padEnd(44)}  ${arrived.padEnd(22)}  ${took}`.trimEnd(),
    );
    for (const problem of problems) console.log(`      ${problem.trim().replaceAll('\n', '\n      ')}`);
  }

  /** @returns the exit code. */
  finish(): number {
    const failed = this.#rows.filter(({ ok }) => !ok).length;
    if (this.#json) console.log(JSON.stringify({ failed, rows: this.#rows }, null, 2));
    else {
      console.log(`\n${((performance.now() - this.#started) / 1000).toFixed(0)} s`);
      console.log(closingLine(this.#rows.length - failed, failed));
    }
    return failed === 0 ? 0 : 1;
  }
}
