import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { parseObject } from '../../explorer/recording/json-lines.ts';
import { lockState } from './lock.ts';

/** Lines of one request. */
export interface Sent {
  readonly start: number;
  readonly end: number;
  readonly firstLine: number;
  readonly lastLine: number;
}

/** What is known of one file at one receiver. */
export interface FileState {
  /** For people: a file is known by its content. */
  readonly name: string;
  /** Bytes that are dealt with. */
  readonly offset: number;
  /** Lines before the offset. */
  readonly lines: number;
  /** The request that is under way. */
  readonly sending?: Sent | undefined;
  /** Requests that may have arrived: their answer was lost. */
  readonly unsure: readonly Sent[];
}

interface Entry extends FileState {
  readonly to: string;
  readonly file: string;
}

/** Bytes after which the journal is written anew. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The state file: one JSON line per change. A request is noted right before it is sent, and its end after its answer. So
 * whatever ends the process, at most the one request under way is in doubt, and the next run knows which. Ends are on
 * the disk before the next request: after a power failure, at most the last one is forgotten.
 */
export class ReplayJournal {
  readonly #path: string;
  readonly #entries: Map<string, Entry>;
  readonly #unlock: () => void;
  #file: number;
  #bytes = 0;

  /** @throws what the file system throws; {@link CliError} where another replay has it open */
  static open(path: string): ReplayJournal {
    const unlock = lockState(path);
    try {
      return new ReplayJournal(path, readJournal(path), unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  private constructor(path: string, entries: Map<string, Entry>, unlock: () => void) {
    this.#path = path;
    this.#entries = entries;
    this.#unlock = unlock;
    this.#file = this.#rewrite();
  }

  of(to: string, file: string): FileState | undefined {
    return this.#entries.get(keyOf(to, file));
  }

  put(to: string, file: string, state: FileState): void {
    const entry: Entry = { to, file, ...state };
    this.#entries.set(keyOf(to, file), entry);
    if (this.#bytes > MAX_BYTES) {
      closeSync(this.#file);
      this.#file = this.#rewrite();
      return;
    }
    this.#bytes += append(this.#file, entry);
    // Between the note of a request and the request, nothing may take time: killed there, it would be in doubt.
    if (state.sending === undefined) fdatasyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
    this.#unlock();
  }

  /** Beside and then in place: a crash leaves the old file or the new one. */
  #rewrite(): number {
    const beside = `${this.#path}.new`;
    const file = openSync(beside, 'w', 0o600);
    this.#bytes = 0;
    for (const entry of this.#entries.values()) this.#bytes += append(file, entry);
    fsyncSync(file);
    renameSync(beside, this.#path);
    return file;
  }
}

/** The states of a file that is only looked at, by receiver and file; empty where there is none. */
export function peekJournal(path: string): (to: string, file: string) => FileState | undefined {
  const entries = readJournal(path);
  return (to, file) => entries.get(keyOf(to, file));
}

function readJournal(path: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const line of textOf(path).split('\n')) {
    // The last line may be cut off by a crash: what it was about to say had not begun.
    const entry = parseObject(line) as Entry | undefined;
    if (entry === undefined || typeof entry.to !== 'string' || typeof entry.offset !== 'number') continue;
    entries.set(keyOf(entry.to, entry.file), entry);
  }
  for (const [key, entry] of entries) entries.set(key, settled(entry));
  return entries;
}

/** A request that was under way when the process ended may have arrived. */
function settled({ sending, ...entry }: Entry): Entry {
  if (sending === undefined) return entry;
  const others = entry.unsure.filter(({ start }) => start !== sending.start);
  const isAhead = sending.end > entry.offset;
  return {
    ...entry,
    offset: isAhead ? sending.end : entry.offset,
    lines: isAhead ? sending.lastLine : entry.lines,
    unsure: [...others, sending],
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** The whole line: a bare write may write a part of it. */
function append(file: number, entry: Entry): number {
  const line = `${JSON.stringify(entry)}\n`;
  writeFileSync(file, line);
  return Buffer.byteLength(line);
}

function keyOf(to: string, file: string): string {
  return `${file} ${to}`;
}
