import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { CliError } from '../io.ts';

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process began, in ticks of the kernel; `undefined` where that cannot be known. */
  readonly started: string | undefined;
}

/**
 * Keeps a second replay away from the same state: both would send the same lines.
 *
 * @returns lets go
 * @throws {@link CliError} where another process holds it
 */
export function lockState(statePath: string): () => void {
  const lock = `${statePath}.lock`;
  const own = `${lock}.${process.pid}`;
  const holder: Holder = { host: hostname(), pid: process.pid, started: statusOf(process.pid)?.started };
  writeFileSync(own, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  try {
    // A link is there with its content or not at all.
    if (!tryLink(own, lock)) {
      const other = JSON.parse(readFileSync(lock, 'utf8')) as Holder;
      if (isAlive(other)) throw heldBy(other, lock);
      // Left behind by a process that was killed.
      rmSync(lock, { force: true });
      if (!tryLink(own, lock)) throw heldBy(other, lock);
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

/** On another machine, or in another container, nothing can be known: then it counts as alive. */
function isAlive({ host, pid, started }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const status = statusOf(pid);
  // Killed and not yet waited for, as in a container without an init; or another process by now with its number.
  return status === undefined || (status.state !== 'Z' && status.started === started);
}

/** What Linux knows of a process; `undefined` elsewhere. */
function statusOf(pid: number): { state: string; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything: the fields are counted from behind it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

function heldBy({ host, pid }: Holder, lock: string): CliError {
  return new CliError(
    `another replay (process ${pid} on ${host}) sends from here. Let it end; if there is none, remove ${lock}`,
    1,
  );
}
