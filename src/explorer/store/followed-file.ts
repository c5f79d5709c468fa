import type { Problem, ProblemReason } from '../recording/json-lines.ts';
import { parseObject } from '../recording/json-lines.ts';
import { type Line, type Position, readLines } from '../recording/lines.ts';
import type { LogIndex } from './log-index.ts';
import type { Pace } from './pace.ts';
import type { IndexedFile, SpanIndex } from './span-index.ts';

const MAX_PROBLEMS = 20;
/** A writer that is alive ends its line sooner. */
const CUT_OFF_AFTER_MS = 10_000;
const CLOSE_OBJECT = 0x7d;

/** Reads a file of a recording into the index, from where it stopped the last time. */
export class FollowedFile {
  readonly path: string;
  readonly inode: number;
  readonly indexed: IndexedFile;
  readonly #index: SpanIndex;
  readonly #logs: LogIndex;
  readonly #problems: Problem[] = [];
  #problemCount = 0;
  #isReadable = true;
  #position: Position = { offset: 0, lines: 0 };
  /** In the middle of a line that is too long to be held. */
  #isSkipping = false;
  /** A last line that nothing ends, how large the file was with it, and since when. */
  #tail: { line: number; size: number; sinceMs: number } | undefined;

  constructor(path: string, inode: number, index: SpanIndex, logs: LogIndex) {
    this.path = path;
    this.inode = inode;
    this.#index = index;
    this.#logs = logs;
    this.indexed = index.addFile(path);
  }

  /** Bytes that have been read. */
  get offset(): number {
    return this.#position.offset;
  }

  /** Whether a file of this size has something to read. */
  hasMore(size: number): boolean {
    return size > this.#position.offset && size !== this.#tail?.size;
  }

  /** @throws what the file system throws */
  async read(size: number, now: number, pace: Pace): Promise<void> {
    const isFirstRead = this.#position.offset === 0;
    this.#tail = undefined;
    for await (const line of readLines({ path: this.path, size }, this.#position)) {
      if (line.isWhole) this.#takeWhole(line);
      // What was there before anybody looked is not being written, most likely.
      else this.#takeTail(line, size, isFirstRead ? now - CUT_OFF_AFTER_MS : now);
      if (pace.isOver) await pace.pause();
    }
    this.#isReadable = true;
    if (!isFirstRead) return;
    this.indexed.columns.trim();
    this.indexed.foreign?.trim();
    this.indexed.clients?.trim();
    this.#logs.trim(this.indexed);
  }

  noteUnreadable(): void {
    this.#isReadable = false;
  }

  problems(now: number): { count: number; first: Problem[] } {
    const first = [...this.#problems];
    let count = this.#problemCount;
    const add = (line: number, reason: ProblemReason) => {
      count += 1;
      first.push({ path: this.path, line, reason });
    };
    if (this.#tail !== undefined && now - this.#tail.sinceMs >= CUT_OFF_AFTER_MS)
      add(this.#tail.line, 'is cut off');
    if (!this.#isReadable) add(0, 'cannot be read');
    return { count, first };
  }

  #takeWhole(line: Line): void {
    this.#position = { offset: line.end, lines: line.number };
    if (this.#isSkipping) this.#isSkipping = false;
    else if (line.bytes === undefined) this.#note(line.number, 'is too long');
    else if (!this.#parse(line, line.bytes)) this.#note(line.number, 'is not OTLP JSON');
  }

  #takeTail(line: Line, size: number, sinceMs: number): void {
    const { bytes, number } = line;
    if (bytes === undefined || this.#isSkipping) {
      if (!this.#isSkipping) this.#note(number, 'is too long');
      this.#isSkipping = true;
      this.#position = { offset: line.end, lines: number - 1 };
    } else if (bytes.at(-1) === CLOSE_OBJECT && this.#parse(line, bytes)) {
      // No beginning of an object is an object: this is all of it.
      this.#position = { offset: line.end, lines: number - 1 };
    } else this.#tail = { line: number, size, sinceMs };
  }

  /** False where it is no JSON object. Nothing at all is no problem. */
  #parse(line: Line, bytes: Buffer): boolean {
    const text = bytes.toString('utf8');
    if (text.trim() === '') return true;
    const exported = parseObject(text);
    if (exported === undefined) return false;
    const lineBreak = line.isWhole ? 1 : 0;
    const indexed = { start: line.end - lineBreak - bytes.length, bytes, text };
    this.#index.addLine(this.indexed, indexed, exported);
    this.#logs.addLine(this.indexed, indexed, exported);
    return true;
  }

  #note(line: number, reason: ProblemReason): void {
    this.#problemCount += 1;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ path: this.path, line, reason });
  }
}
