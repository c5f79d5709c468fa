import { setTimeout as delay, setImmediate as othersTurn } from 'node:timers/promises';
import { guard } from '../../sdk/diagnostics/guard.ts';
import { logLine } from '../../sdk/diagnostics/log.ts';
import type { Recording, StdioRecorder } from './recorder.ts';
import type { Tap } from './tap.ts';
import { withCarriers } from './with-carriers.ts';

/** Milliseconds for reading, at the end, what has passed and was not read yet. */
const READING_MS = 2_000;
/** Lines between two flushes then: more would overrun the queue of spans, and the end of the session be lost with it. */
const SLICE = 500;

/** Loads telemetry when the first bytes are on their way: the server and its client do not wait for it. */
export class LateRecorder {
  readonly #tap: Tap;
  readonly #recording: Recording;
  #loading: Promise<StdioRecorder | undefined> | undefined;

  constructor(tap: Tap, recording: Recording) {
    this.#tap = tap;
    this.#recording = recording;
  }

  begin(): Promise<StdioRecorder | undefined> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Records a line of the client, and writes into it to which span it belongs. */
  async withContext(line: Buffer): Promise<Buffer> {
    const recorder = await this.begin();
    this.#tap.saw('client', line);
    if (recorder === undefined) return line;
    this.#tap.readAll();
    return guard('writing the trace context', () => withCarriers(line, recorder.takeCarriers())) ?? line;
  }

  /** Records the rest, and exports what there is. */
  async finish(): Promise<void> {
    const recorder = await this.#loading;
    if (recorder !== undefined) await this.#readRest(recorder);
    await recorder?.finish();
  }

  async #readRest(recorder: StdioRecorder): Promise<void> {
    const until = performance.now() + READING_MS;
    while (this.#tap.readSome(SLICE)) {
      const left = until - performance.now();
      if (left <= 0) break;
      await Promise.race([recorder.flush(), delay(left)]);
    }
    this.#tap.readAll(0);
  }

  async #load(): Promise<StdioRecorder | undefined> {
    await othersTurn();
    try {
      const { StdioRecorder } = await import('./recorder.ts');
      const recorder = new StdioRecorder(this.#recording);
      this.#tap.readBy(recorder);
      return recorder;
    } catch (error) {
      logLine(`nothing is recorded, and everything is passed on: ${String(error)}`);
      this.#tap.close();
      return undefined;
    }
  }
}
