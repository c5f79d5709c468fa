import { randomUUID } from 'node:crypto';
import { statSync, truncateSync } from 'node:fs';
import { RotatingFile } from '../../sdk/export/rotating-file.ts';
import type { Signal } from '../recording/signal.ts';

/** Files of a folder that lines are appended to. */
export interface Storage {
  /**
   * Appends whole lines; they are in the file when this returns.
   *
   * @throws what the file system throws; then nothing of them is in the file
   */
  append(signal: Signal, lines: Buffer): void;
}

/** Nobody else writes to these files: their name is of this process and this call. They are not removed here. */
export function openStorage(dir: string): Storage {
  const base = `received-${process.pid}-${randomUUID()}`;
  const open = (signal: Signal): RotatingFile =>
    new RotatingFile({
      dir,
      base,
      signal,
      maxFiles: Number.POSITIVE_INFINITY,
      maxFilesInDir: Number.POSITIVE_INFINITY,
    });
  const files = { traces: open('traces'), metrics: open('metrics') };
  return {
    append: (signal, lines) => {
      const file = files[signal];
      const { path } = file;
      const size = sizeOf(path);
      try {
        // It adds the last line break itself.
        file.append(lines.subarray(0, -1));
      } catch (error) {
        // What fitted on a full disk would run into the next line.
        cutBack(file.path, file.path === path ? size : 0);
        throw error;
      }
    },
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function cutBack(path: string, size: number): void {
  try {
    if (sizeOf(path) > size) truncateSync(path, size);
  } catch {
    // Readers name a line that is cut off, and go on.
  }
}
