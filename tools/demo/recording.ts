import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BUILT_CLI } from '../support/built.ts';

/** A row of `mcp-sessionscope sessions --json`, as far as the demo looks at it. */
export interface Session {
  id: string;
  service: string;
  clientName: string;
  startedAt: string;
  errors: number;
  status: string;
  tools: string[];
}

/** Runs the package's own command, its output going to ours. */
export async function showCommand(args: string[]): Promise<void> {
  const child = spawn(process.execPath, [BUILT_CLI, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`mcp-sessionscope ${args.join(' ')} exited with ${code}`);
}

/** The sessions of a recording that started at `since` (Unix milliseconds) or later. */
export async function recordedSessions(dir: string, since: number): Promise<Session[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [BUILT_CLI, 'sessions', dir, '--json']);
  const all = JSON.parse(stdout) as Session[];
  return all.filter(({ startedAt }) => Date.parse(startedAt) >= since);
}

/** Waits until `test` holds of the recorded sessions. */
export async function waitForSessions(
  dir: string,
  since: number,
  test: (sessions: Session[]) => boolean,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<Session[]> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const sessions = await recordedSessions(dir, since);
    if (test(sessions)) return sessions;
    if (Date.now() > deadline) {
      const seen = sessions.map(({ clientName, status }) => `${clientName} (${status})`);
      throw new Error(`the recording in ${dir} is not complete; it has ${seen.join(', ') || 'no session'}`);
    }
    await sleep(200, undefined, { signal });
  }
}
