import { execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { tail } from '../support/children.ts';
import { ROOT, type Service } from './services.ts';

const POLL_MS = 150;
const READY_MS = 90_000;
/** Time to end in order; the Collector waits for its requests in flight. */
const END_MS = 20_000;

/** Starts a service in a process group of its own, so that Ctrl-C reaches it only through who started it. */
export async function spawnService(
  service: Service,
  logPath: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const log = openSync(logPath, 'a');
  try {
    const child = spawn(service.command, service.args, {
      cwd: ROOT,
      env: { ...withoutOtel(env), ...service.env },
      stdio: ['ignore', log, log],
      detached: true,
    });
    child.unref();
    return await new Promise<number>((resolve, reject) => {
      child.once('spawn', () => resolve(child.pid!));
      child.once('error', (error) =>
        reject(new Error(`${service.name} cannot be started: ${error.message}`)),
      );
    });
  } finally {
    closeSync(log);
  }
}

/** Resolves when the service says that it is ready; rejects, with its last words, where it ends or never is. */
export async function waitUntilReady(
  service: Service,
  pid: number,
  logPath: string,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (!(await isReady(service))) {
    signal?.throwIfAborted();
    const words = (): string => `the end of ${logPath}:\n${tail(readFileSync(logPath, 'utf8'), 12)}`;
    if (!isAlive(pid)) throw new Error(`${service.name} ended before it was ready; ${words()}`);
    if (Date.now() > deadline) {
      throw new Error(`${service.name} was not ready after ${READY_MS / 1000} s; ${words()}`);
    }
    await delay(POLL_MS);
  }
  // Where another program answers in its place, the service has ended.
  if (!isAlive(pid)) throw new Error(`${service.name} ended; see ${logPath}`);
}

/** Whether the service answers that it is ready. */
export async function isReady({ ready }: Pick<Service, 'ready'>): Promise<boolean> {
  if (ready === undefined) return true;
  try {
    const response = await fetch(ready, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Whether a process is there. A zombie, which only its parent can clear away, is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  if (!existsSync('/proc/self/stat')) return true;
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(stat, 'utf8'));
  } catch {
    return false;
  }
}

/** Whether a process runs this command; a pid that was written down may belong to another program by now. */
export async function runsCommand(pid: number, command: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const { stdout } = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.startsWith(command);
}

/** Ends a process in order, and by force where it takes too long. */
export async function endProcess(pid: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  const deadline = Date.now() + END_MS;
  while (isAlive(pid) && Date.now() < deadline) await delay(POLL_MS);
  await killProcess(pid);
}

/** Ends a process, and what it has started, at once. */
export async function killProcess(pid: number): Promise<void> {
  signalGroup(pid, 'SIGKILL');
  while (isAlive(pid)) await delay(POLL_MS / 5);
}

/** Sends a signal to a process and to those that it has started. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has gone already.
  }
}

/** What this shell is set to for OpenTelemetry is not meant for the stack's own programs. */
function withoutOtel(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OTEL_')));
}
