import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  filesToRemove,
  type KeptFile,
  RECORDED_FILE,
  type Removal,
  type RetentionLimits,
} from '../../sdk/export/old-recordings.ts';

export interface Retention {
  /** Looks at the folder now. Never rejects. */
  sweep(): Promise<void>;
  stop(): void;
}

const EVERY_MS = 10 * 60_000;

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
