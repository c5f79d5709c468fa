import { randomUUID } from 'node:crypto';
import { RotatingFile } from '../../sdk/export/rotating-file.ts';
import type { RecordedSignal } from '../recording/signal.ts';

/** Files of a folder that lines are appended to. */
export interface Storage {
  /**
   * Appends whole lines; they are in the file when this returns.
   *
   * @throws what the file system throws; then nothing of them is in the file
   */
  append(signal: RecordedSignal, lines: Buffer): void;
}

/** Nobody else writes to these files: their name is of this process and this call. They are not removed here. */
export function openStorage(dir: string): Storage {
  const base = `received-${process.pid}-${randomUUID()}`;
  const open = (signal: RecordedSignal): RotatingFile =>
    new RotatingFile({ dir, base, signal, maxFiles: Number.POSITIVE_INFINITY });
  const files = { traces: open('traces'), metrics: open('metrics'), logs: open('logs') };
  // It adds the last line break itself.
  return { append: (signal, lines) => files[signal].append(lines.subarray(0, -1)) };
}
