import {
  chmodSync,
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { guard } from '../diagnostics/guard.ts';
import { type RetentionLimits, removeOldRecordings } from './old-recordings.ts';

export interface RotatingFileOptions {
  dir: string;
  /** File name without its ending, unique per process. */
  base: string;
  /** Logs are received only. */
  signal: 'traces' | 'metrics' | 'logs';
  /** Bytes after which the next file begins. Default: 16 MiB. */
  maxBytes?: number;
  /** Files of this process and signal that are kept. Default: 10. */
  maxFiles?: number;
  /** Of the recorded files of all processes in the folder; kept when this one begins to write. Default: none. */
  retention?: RetentionLimits;
}

/**
 * JSON lines in files of bounded size and number: `<base>.traces.jsonl`, then `<base>.traces.1.jsonl`, and so on; a
 * higher number is newer, and no file is renamed, so that readers can follow. Folder and files are the owner's only.
 * A line is in the file whole or not at all.
 */
export class RotatingFile {
  readonly #options: Required<RotatingFileOptions>;
  #number = 0;
  #bytes = 0;
  #opened = false;
  /** Whether the file may end with a part of a line: another one would become part of it. */
  #isTorn = false;

  constructor(options: RotatingFileOptions) {
    this.#options = { maxBytes: 16 * 1024 * 1024, maxFiles: 10, retention: {}, ...options };
  }

  /** The file that the next line goes to. */
  get path(): string {
    return join(this.#options.dir, this.#nameOf(this.#number));
  }

  /** @throws what the file system throws: no room, no permission. Then nothing of the line is kept. */
  append(line: Uint8Array): void {
    if (!this.#opened) this.#open();
    const data = Buffer.concat([line, Buffer.from('\n')]);
    const isFull = this.#bytes > 0 && this.#bytes + data.length > this.#options.maxBytes;
    if (isFull || this.#isTorn) this.#rotate();
    this.#write(data);
    this.#bytes += data.length;
  }

  #write(data: Buffer): void {
    const file = this.#openFile();
    try {
      const { size } = fstatSync(file);
      this.#isTorn = true;
      try {
        writeFileSync(file, data);
      } catch (error) {
        this.#isTorn = !cutBack(file, size);
        throw error;
      }
    } finally {
      closeSync(file);
    }
    // Some file systems tell of a failure when the file is closed.
    this.#isTorn = false;
  }

  #openFile(): number {
    try {
      return openSync(this.path, 'a', 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // Somebody removed the folder.
      this.#open();
      return openSync(this.path, 'a', 0o600);
    }
  }

  #open(): void {
    const { dir, retention } = this.#options;
    if (mkdirSync(dir, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(dir, 0o700);
    guard('removing old recordings', () => removeOldRecordings(dir, retention));
    this.#opened = true;
  }

  #rotate(): void {
    this.#number += 1;
    this.#bytes = 0;
    this.#isTorn = false;
    const oldest = this.#number - this.#options.maxFiles;
    if (oldest >= 0) rmSync(join(this.#options.dir, this.#nameOf(oldest)), { force: true });
  }

  #nameOf(number: number): string {
    const { base, signal } = this.#options;
    return number === 0 ? `${base}.${signal}.jsonl` : `${base}.${signal}.${number}.jsonl`;
  }
}

/** A disk that is full takes what fits. Whether none of it is left. */
function cutBack(file: number, size: number): boolean {
  try {
    if (fstatSync(file).size > size) ftruncateSync(file, size);
    return true;
  } catch {
    return false;
  }
}
