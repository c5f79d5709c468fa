import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { CliError } from '../io.ts';

/**
 * Keeps a second replay away from the same state: both would send the same lines.
 *
 * @returns lets go
 * @throws {@link CliError} where another process holds it
 */
export function lockState(statePath: string): () => void {
  const lock = `${statePath}.lock`;
  const own = `${lock}.${process.pid}`;
  writeFileSync(own, `${process.pid}\n`, { mode: 0o600 });
  try {
    // A link is there with its content or not at all.
    if (!tryLink(own, lock)) {
      const holder = Number(readFileSync(lock, 'utf8'));
      if (isAlive(holder)) throw heldBy(holder, lock);
      // Left behind by a process that was killed.
      rmSync(lock, { force: true });
      if (!tryLink(own, lock)) throw heldBy(holder, lock);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(lock, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function heldBy(pid: number, lock: string): CliError {
  return new CliError(
    `another replay (process ${pid}) sends from here. Let it end; if there is none, remove ${lock}`,
    1,
  );
}
