import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mayHoldTraces } from '../recording/files.ts';
import { isFileError, type Problem } from '../recording/json-lines.ts';
import { FLAG } from './columns.ts';
import { FollowedFile } from './followed-file.ts';
import type { Pace } from './pace.ts';
import { readSpans, rowsOf } from './read-spans.ts';
import type { IndexedSession, SpanIndex } from './span-index.ts';

interface Found {
  readonly path: string;
  readonly info: Stats;
}

/** The oldest beyond are left out. */
const MAX_FILES = 60_000;

/** The files of a folder, read into the index; what vanishes from the folder vanishes from the index. */
export class Folder {
  readonly #dir: string;
  readonly #index: SpanIndex;
  readonly #files = new Map<string, FollowedFile>();
  #problem: Problem | undefined;
  /** Bytes of the first look; `undefined` when it is over. */
  #total: number | undefined = 0;

  constructor(dir: string, index: SpanIndex) {
    this.#dir = dir;
    this.#index = index;
  }

  /** Bytes, until the first look is over. */
  get indexing(): { done: number; total: number } | undefined {
    if (this.#total === undefined) return undefined;
    let done = 0;
    for (const { offset } of this.#files.values()) done += offset;
    return { done: Math.min(done, this.#total), total: this.#total };
  }

  /** Reads what is new. One at a time. */
  async look(now: number, pace: Pace): Promise<void> {
    const found = await this.#find();
    const shaken = this.#dropVanished(found);
    if (this.#total !== undefined) this.#total = found.reduce((sum, { info }) => sum + info.size, 0);
    for (const each of found) await this.#read(each, now, pace);
    for (const session of shaken) await this.#readReports(session, pace);
    this.#total = undefined;
  }

  problems(now: number): { count: number; first: Problem[] } {
    let count = 0;
    const first: Problem[] = [];
    if (this.#problem !== undefined) {
      count = 1;
      first.push(this.#problem);
    }
    for (const file of this.#files.values()) {
      const problems = file.problems(now);
      count += problems.count;
      first.push(...problems.first);
    }
    first.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
    return { count, first: first.slice(0, 20) };
  }

  /** Newest first. */
  async #find(): Promise<Found[]> {
    try {
      const names = (await readdir(this.#dir)).filter(mayHoldTraces);
      this.#problem = undefined;
      const found = await Promise.all(names.map((name) => findFile(join(this.#dir, name))));
      // The newest first: it is what people look at.
      const files = found.filter((one) => one !== undefined).sort((a, b) => b.info.mtimeMs - a.info.mtimeMs);
      if (files.length > MAX_FILES)
        this.#problem = { path: this.#dir, line: 0, reason: 'holds too many files' };
      return files.slice(0, MAX_FILES);
    } catch (error) {
      if (!isFileError(error)) throw error;
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      this.#problem = isMissing ? undefined : { path: this.#dir, line: 0, reason: 'cannot be read' };
      return [];
    }
  }

  /** Returns the sessions that have lost session spans. */
  #dropVanished(found: readonly Found[]): IndexedSession[] {
    const shaken = new Set<IndexedSession>();
    const there = new Map(found.map(({ path, info }) => [path, info]));
    const drop = (file: FollowedFile) => {
      if (!this.#files.delete(file.path)) return;
      for (const session of this.#index.dropFile(file.indexed)) shaken.add(session);
      for (const { path } of this.#index.filesThatRepeat(file.indexed.owner)) {
        const repeating = this.#files.get(path);
        if (repeating !== undefined) drop(repeating);
      }
    };
    for (const file of [...this.#files.values()]) {
      const info = there.get(file.path);
      if (info === undefined || info.ino !== file.inode || info.size < file.offset) drop(file);
    }
    return [...shaken];
  }

  async #read({ path, info }: Found, now: number, pace: Pace): Promise<void> {
    let file = this.#files.get(path);
    if (file === undefined) {
      file = new FollowedFile(path, info.ino, this.#index);
      this.#files.set(path, file);
    }
    try {
      if (file.hasMore(info.size)) await file.read(info.size, now, pace);
    } catch (error) {
      if (!isFileError(error)) throw error;
      file.noteUnreadable();
    }
  }

  async #readReports(session: IndexedSession, pace: Pace): Promise<void> {
    const rows = rowsOf([session]).filter(({ file, row }) => (file.columns.flags[row]! & FLAG.report) !== 0);
    const reports = [];
    for await (const span of readSpans(this.#index, rows, pace)) reports.push(span);
    this.#index.setReports(session, reports);
  }
}

async function findFile(path: string): Promise<Found | undefined> {
  try {
    const info = await stat(path);
    return info.isFile() ? { path, info } : undefined;
  } catch {
    // Rotated away since the folder was listed.
    return undefined;
  }
}
