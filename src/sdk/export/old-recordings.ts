import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { guard } from '../diagnostics/guard.ts';
import { logLine } from '../diagnostics/log.ts';

/** What is absent does not limit. */
export interface RetentionLimits {
  /** Milliseconds since the last write. */
  readonly maxAgeMs?: number | undefined;
  /** Bytes of all recorded files of the folder together. */
  readonly maxBytes?: number | undefined;
  /** Recorded files of the folder. */
  readonly maxFiles?: number | undefined;
}

export interface KeptFile {
  readonly name: string;
  readonly bytes: number;
  /** Unix milliseconds. */
  readonly writtenMs: number;
}

export interface Removal extends KeptFile {
  readonly reason: 'age' | 'size' | 'count';
}

/** Names of the files that the `file` exporter and the receiver make, of any process. */
export const RECORDED_FILE = /\.(traces|metrics|logs)(\.\d+)?\.jsonl$/;

/** What the default folder is kept within. */
export const DEFAULT_RETENTION = { maxAgeMs: 30 * 24 * 60 * 60_000, maxBytes: 4e9 };

/** What was written within this time is in use, whatever the limits say. */
const IN_USE_MS = 10 * 60_000;
/** Files that are looked at in a few milliseconds. */
const QUICK_FILES = 1_000;

/** Which files to remove: those that are too old, then the oldest of what is too much. Those in use stay, always. */
export function filesToRemove(
  files: readonly KeptFile[],
  { maxAgeMs, maxBytes, maxFiles }: RetentionLimits,
  now: number,
): Removal[] {
  const removals: Removal[] = [];
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const oldestFirst = files.toSorted((a, b) => a.writtenMs - b.writtenMs || (a.name < b.name ? -1 : 1));
  for (const file of oldestFirst) {
    const age = now - file.writtenMs;
    if (age <= IN_USE_MS) continue;
    const reason = isOver(age, maxAgeMs)
      ? 'age'
      : isOver(bytes, maxBytes)
        ? 'size'
        : isOver(files.length - removals.length, maxFiles)
          ? 'count'
          : undefined;
    if (reason === undefined) continue;
    removals.push({ ...file, reason });
    bytes -= file.bytes;
  }
  return removals;
}

/**
 * Keeps a folder within limits, when a process begins to write there. What goes before its age is said. Where there are
 * many files, only one process in several looks: it takes the server's time.
 */
export function removeOldRecordings(dir: string, limits: RetentionLimits, random = Math.random): void {
  if (Object.values(limits).every((limit) => limit === undefined)) return;
  const names = readdirSync(dir).filter((name) => RECORDED_FILE.test(name));
  if (names.length > QUICK_FILES && random() > QUICK_FILES / names.length) return;
  const files = names.flatMap((name) => infoOf(dir, name) ?? []);
  const removals = filesToRemove(files, limits, Date.now());
  for (const { name } of removals) {
    guard('removing an old recording', () => rmSync(join(dir, name), { force: true }));
  }
  const early = removals.filter(({ reason }) => reason !== 'age');
  if (early.length === 0) return;
  const which = early.length === 1 ? 'the oldest recording' : `the ${early.length} oldest recordings`;
  const limit =
    early[0]?.reason === 'size' ? `${(limits.maxBytes ?? 0) / 1e9} GB` : `${limits.maxFiles} files`;
  logLine(`removed ${which} in ${dir}: it is kept within ${limit}`);
}

function isOver(value: number, limit: number | undefined): boolean {
  return limit !== undefined && value > limit;
}

function infoOf(dir: string, name: string): KeptFile | undefined {
  // Another process may have removed it in between.
  const info = lstatSync(join(dir, name), { throwIfNoEntry: false });
  if (info?.isFile() !== true) return undefined;
  return { name, bytes: info.size, writtenMs: info.mtimeMs };
}
