import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, tail } from '../../../tools/support/children.ts';
import { whileListening } from '../../../tools/support/listening-server.ts';
import { freePort } from '../../../tools/support/ports.ts';
import type { Agent } from './agents.ts';
import { STEPS } from './steps.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SERVERS = path.join(ROOT, 'test/system/agents/servers');

/** How an agent is observed. */
export type Way = 'bare' | 'register' | 'instrumentClient';
export type Over = 'stdio' | 'http';

/** Where an agent is, and where its spans go. */
export interface Stage {
  /** The folder with its program. */
  folder: string;
  node: string;
  otlp: string;
  signal: AbortSignal;
}

/** What an agent was answered, by its steps, and what it wrote beside. */
export interface Visit {
  answers: Record<string, unknown>;
  stderr: string;
}

/** None of them sends home what is tried here. */
const QUIET = {
  DO_NOT_TRACK: '1',
  MASTRA_TELEMETRY_DISABLED: '1',
  MCP_USE_ANONYMIZED_TELEMETRY: 'false',
};

/** Runs an agent to its end, with a server that is observed where it is. */
export async function visit(agent: Agent, over: Over, way: Way, stage: Stage): Promise<Visit> {
  const env = way === 'bare' ? { SERVER_IS_BARE: '1' } : { OTEL_EXPORTER_OTLP_ENDPOINT: stage.otlp };
  const args = ['--import', 'tsx', path.join(SERVERS, `${agent.server}.ts`)];
  const server = { command: process.execPath, args, env: { PATH: process.env['PATH'] ?? '', ...env } };
  if (over === 'stdio') return runAgent(agent, way, stage, inRoot(server));
  const port = await freePort();
  const listening = { ...server, env: { ...server.env, PORT: port }, cwd: ROOT, port, signal: stage.signal };
  const { result } = await whileListening(listening, (url) => runAgent(agent, way, stage, { url: url.href }));
  return result;
}

async function runAgent(agent: Agent, way: Way, stage: Stage, target: object): Promise<Visit> {
  const library = path.basename(agent.app, '.ts');
  const isInstrumented = way === 'instrumentClient';
  const job = { otlp: stage.otlp, library, target, isInstrumented, steps: STEPS };
  const first = way === 'register' ? ['--import', 'mcp-sessionscope/register'] : [];
  const ended = await run(stage.node, [...first, 'agent.js'], {
    cwd: stage.folder,
    env: { ...QUIET, AGENT_JOB: JSON.stringify(job) },
    timeoutMs: 60_000,
  });
  const lines = ended.stdout.split('\n').filter((line) => line !== '');
  if (ended.code !== 0 || lines.length !== 1)
    throw new Error(`the agent ended with ${ended.code}\n${tail(ended.stdout)}${tail(ended.stderr)}`);
  return { answers: JSON.parse(String(lines[0])), stderr: ended.stderr };
}

/** The servers find their packages where they lie. Not every library lets a server be started in another folder. */
function inRoot(server: { command: string; args: string[]; env: Record<string, string> }) {
  const [, , program = ''] = server.args;
  return {
    ...server,
    args: ['--import', new URL('node_modules/tsx/dist/loader.mjs', `file://${ROOT}`).href, program],
  };
}
