import { setImmediate as othersTurn } from 'node:timers/promises';
import { guard } from '../../sdk/diagnostics/guard.ts';
import { logLine } from '../../sdk/diagnostics/log.ts';
import type { Recording, StdioRecorder } from './recorder.ts';
import type { Tap } from './tap.ts';
import { withCarriers } from './with-carriers.ts';

/** Milliseconds for reading, at the end, what has passed and was not read yet. */
const READING_MS = 1_000;

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
    this.#tap.readAll(READING_MS);
    await recorder?.finish();
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
