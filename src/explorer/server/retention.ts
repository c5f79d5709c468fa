import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RECORDED_FILE } from '../../sdk/export/rotating-file.ts';

/** What is absent does not limit. */
export interface RetentionLimits {
  /** Milliseconds since the last write. */
  readonly maxAgeMs?: number | undefined;
  /** Bytes of all recorded files of the folder together. */
  readonly maxBytes?: number | undefined;
}

export interface KeptFile {
  readonly name: string;
  readonly bytes: number;
  /** Unix milliseconds. */
  readonly writtenMs: number;
}

export interface Removal extends KeptFile {
  readonly reason: 'age' | 'size';
}

export interface Retention {
  /** Looks at the folder now. Never rejects. */
  sweep(): Promise<void>;
  stop(): void;
}

/** What was written within this time is in use, whatever the limits say. */
const IN_USE_MS = 10 * 60_000;
const EVERY_MS = 10 * 60_000;

/** Which files to remove: those that are too old, then the oldest of what is too much. Those in use stay, always. */
export function filesToRemove(
  files: readonly KeptFile[],
  { maxAgeMs, maxBytes }: RetentionLimits,
  now: number,
): Removal[] {
  const removals: Removal[] = [];
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const oldestFirst = files.toSorted((a, b) => a.writtenMs - b.writtenMs || (a.name < b.name ? -1 : 1));
  for (const file of oldestFirst) {
    const age = now - file.writtenMs;
    if (age <= IN_USE_MS) continue;
    const isOld = maxAgeMs !== undefined && age > maxAgeMs;
    const isTooMuch = maxBytes !== undefined && bytes > maxBytes;
    if (!isOld && !isTooMuch) continue;
    removals.push({ ...file, reason: isOld ? 'age' : 'size' });
    bytes -= file.bytes;
  }
  return removals;
}

/** Keeps a folder within the limits: at once, and every ten minutes. */
export function startRetention(
  dir: string,
  limits: RetentionLimits,
  { now, say }: { now: () => number; say: (text: string) => void },
): Retention {
  const sweep = async (): Promise<void> => {
    for (const removal of filesToRemove(await recordedFiles(dir), limits, now())) {
      const wasRemoved = await removeUnchanged(dir, removal).catch((error: Error) => {
        say(`cannot remove ${join(dir, removal.name)}: ${error.message}`);
        return false;
      });
      if (wasRemoved) say(`removed ${join(dir, removal.name)}: ${reasonOf(removal)}`);
    }
  };
  const timer = setInterval(() => void sweep(), EVERY_MS);
  timer.unref();
  return { sweep, stop: () => clearInterval(timer) };
}

async function recordedFiles(dir: string): Promise<KeptFile[]> {
  const names = await readdir(dir).catch(() => []);
  const files = await Promise.all(
    names.filter((name) => RECORDED_FILE.test(name)).map((name) => infoOf(dir, name)),
  );
  return files.filter((file) => file !== undefined);
}

async function infoOf(dir: string, name: string): Promise<KeptFile | undefined> {
  const info = await lstat(join(dir, name)).catch(() => undefined);
  if (info?.isFile() !== true) return undefined;
  return { name, bytes: info.size, writtenMs: info.mtimeMs };
}

/** A writer may have come back to it in the meantime. */
async function removeUnchanged(dir: string, { name, bytes, writtenMs }: KeptFile): Promise<boolean> {
  const current = await infoOf(dir, name);
  if (current?.bytes !== bytes || current.writtenMs !== writtenMs) return false;
  await rm(join(dir, name));
  return true;
}

function reasonOf({ reason, writtenMs }: Removal): string {
  const written = `last written ${new Date(writtenMs).toISOString().slice(0, 10)}`;
  return reason === 'age'
    ? `${written} (--max-age)`
    : `the oldest beyond the size limit, ${written} (--max-size)`;
}
