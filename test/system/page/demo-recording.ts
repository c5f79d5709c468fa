import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ServerProcesses, serverScript } from '../../../tools/demo/processes.ts';
import { waitForSessions } from '../../../tools/demo/recording.ts';
import { Traffic } from '../../../tools/demo/traffic.ts';
import { VISITS } from '../../../tools/demo/visits.ts';
import { BUILT_CLI } from '../../../tools/support/built.ts';

/** Silence after which a session of the payments server ends. Longer than the longest pause of its clients. */
const IDLE_MS = 3_000;
const RECORDED_MS = 30_000;
const MAX_OUTPUT = 1e9;

/** A row of `sessions --json`. */
export interface SessionJson {
  id: string;
  source: string | null;
  service: string | null;
  clientName: string | null;
  clientVersion: string | null;
  protocolVersion: string | null;
  transport: string | null;
  startedAt: string;
  lastSeenAt: string;
  durationMs: number;
  calls: number;
  errors: number;
  status: 'active' | 'ended' | 'lost';
  endReason: string | null;
  tools: string[];
}

/** An event of `sessions --session ID --json`. */
export interface EventJson {
  time: string;
  kind: string;
  type: string;
  method: string | null;
  target: string | null;
  latencyMs: number | null;
  status: string | null;
  error: string | null;
  arguments: string | null;
  result: string | null;
  spanId: string;
}

/** What the visits of the demo left in a folder. */
export interface DemoRecording {
  readonly dir: string;
  /** As `mcp-sessionscope sessions --json` has them. */
  readonly sessions: readonly SessionJson[];
}

/**
 * Plays the visits of the demo, with its servers. What is shown is a copy: the servers report of the session that stays
 * open until they end.
 */
export async function recordDemo(folder: string, signal: AbortSignal): Promise<DemoRecording> {
  const live = join(folder, 'demo-live');
  const dir = join(folder, 'demo');
  await mkdir(live, { recursive: true });
  const env = { ...process.env, MCP_SESSIONSCOPE_DIR: live, DEMO_IDLE_MS: String(IDLE_MS) };
  const servers = new ServerProcesses(env);
  try {
    const [everythingHttp, payments] = await Promise.all([
      servers.start('everything-http'),
      servers.start('payments'),
    ]);
    const everythingStdio = {
      command: process.execPath,
      args: ['--import', 'tsx', serverScript('everything-stdio')],
      env: env as Record<string, string>,
    };
    const traffic = new Traffic({ everythingStdio, everythingHttp, payments });
    signal.addEventListener('abort', () => void traffic.stop());
    try {
      await traffic.play(VISITS, () => {});
      await waitForSessions(live, 0, isComplete, { timeoutMs: RECORDED_MS, signal });
      await cp(live, dir, { recursive: true });
    } finally {
      await traffic.stop();
    }
  } finally {
    servers.kill();
  }
  return { dir, sessions: await sessionsOf(dir) };
}

export async function sessionsOf(dir: string): Promise<SessionJson[]> {
  return (await askCommand(['sessions', dir, '--json', '--lost-after', '1d'])) as SessionJson[];
}

export async function eventsOf(dir: string, id: string): Promise<EventJson[]> {
  const { events } = (await askCommand(['sessions', dir, '--session', id, '--json'])) as {
    events: EventJson[];
  };
  return events;
}

async function askCommand(args: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [BUILT_CLI, ...args], {
    maxBuffer: MAX_OUTPUT,
  });
  return JSON.parse(stdout);
}

/** Every visit has its session; those that stay are active, and the others have ended. */
function isComplete(sessions: { clientName: string; status: string }[]): boolean {
  return VISITS.every(({ who, stays }) =>
    sessions.some(
      ({ clientName, status }) => clientName === who.name && status === (stays === true ? 'active' : 'ended'),
    ),
  );
}
