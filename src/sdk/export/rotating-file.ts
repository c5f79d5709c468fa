import { appendFileSync, chmodSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { guard } from '../diagnostics/guard.ts';

export interface RotatingFileOptions {
  dir: string;
  /** File name without its ending, unique per process. */
  base: string;
  signal: 'traces' | 'metrics';
  /** Bytes after which the next file begins. Default: 16 MiB. */
  maxBytes?: number;
  /** Files of this process and signal that are kept. Default: 10. */
  maxFiles?: number;
  /** Recorded files of all processes that are kept in the folder. Default: 500. */
  maxFilesInDir?: number;
}

/** Names of the files that this class makes, of any process. */
export const RECORDED_FILE = /\.(traces|metrics)(\.\d+)?\.jsonl$/;

/**
 * JSON lines in files of bounded size and number: `<base>.traces.jsonl`, then `<base>.traces.1.jsonl`, and so on; a
 * higher number is newer, and no file is renamed, so that readers can follow. Folder and files are the owner's only.
 * Each line is one appended write, so that processes and threads do not mix their lines.
 */
export class RotatingFile {
  readonly #options: Required<RotatingFileOptions>;
  #number = 0;
  #bytes = 0;
  #opened = false;

  constructor(options: RotatingFileOptions) {
    this.#options = { maxBytes: 16 * 1024 * 1024, maxFiles: 10, maxFilesInDir: 500, ...options };
  }

  /** The file that the next line goes to. */
  get path(): string {
    return join(this.#options.dir, this.#nameOf(this.#number));
  }

  /** @throws what the file system throws: no room, no permission. */
  append(line: Uint8Array): void {
    if (!this.#opened) this.#open();
    const data = Buffer.concat([line, Buffer.from('\n')]);
    if (this.#bytes > 0 && this.#bytes + data.length > this.#options.maxBytes) this.#rotate();
    this.#write(data);
    this.#bytes += data.length;
  }

  #write(data: Buffer): void {
    try {
      appendFileSync(this.path, data, { mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // Somebody removed the folder.
      this.#open();
      appendFileSync(this.path, data, { mode: 0o600 });
    }
  }

  #open(): void {
    const { dir, maxFilesInDir } = this.#options;
    if (mkdirSync(dir, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(dir, 0o700);
    prune(dir, maxFilesInDir - 1);
    this.#opened = true;
  }

  #rotate(): void {
    this.#number += 1;
    this.#bytes = 0;
    const oldest = this.#number - this.#options.maxFiles;
    if (oldest >= 0) rmSync(join(this.#options.dir, this.#nameOf(oldest)), { force: true });
  }

  #nameOf(number: number): string {
    const { base, signal } = this.#options;
    return number === 0 ? `${base}.${signal}.jsonl` : `${base}.${signal}.${number}.jsonl`;
  }
}

/** Removes the oldest recorded files of a folder until `keep` are left. Other files are not touched. */
function prune(dir: string, keep: number): void {
  const names = readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isFile() && RECORDED_FILE.test(entry.name))
    .map(({ name }) => name);
  if (names.length <= keep) return;
  const byAge = names.map((name) => ({ name, changed: modifiedAt(join(dir, name)) }));
  byAge.sort((a, b) => a.changed - b.changed);
  for (const { name } of byAge.slice(0, names.length - keep)) {
    guard('removing an old recording', () => rmSync(join(dir, name), { force: true }));
  }
}

function modifiedAt(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    // Another process removed it in between.
    return 0;
  }
}
