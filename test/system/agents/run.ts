import path from 'node:path';
import { run, tail } from '../../../tools/support/children.ts';
import { whileListening } from '../../../tools/support/listening-server.ts';
import { freePort } from '../../../tools/support/ports.ts';
import type { Agent, Way } from './agents.ts';
import { STEPS } from './steps.ts';

export type Over = 'stdio' | 'http';

/** Where an agent and the servers are, and where their spans go. */
export interface Stage {
  /** The folder with the agent's program. */
  folder: string;
  /** That with the servers'. */
  servers: string;
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
const LIMIT_MS = 60_000;

/** Runs an agent to its end, with a server that is observed where it is. */
export async function visit(agent: Agent, over: Over, way: Way, stage: Stage): Promise<Visit> {
  const { servers, otlp, signal } = stage;
  const telemetry = way === 'bare' ? { SERVER_IS_BARE: '1' } : { OTEL_EXPORTER_OTLP_ENDPOINT: otlp };
  const env = { PATH: process.env['PATH'] ?? '', ...telemetry };
  const server = { command: process.execPath, args: [path.join(servers, `${agent.server}.js`)], env };
  if (over === 'stdio') return runAgent(way, agent, stage, server);
  const port = await freePort();
  const listening = { ...server, env: { ...env, PORT: port }, cwd: servers, port, signal };
  const { result } = await whileListening(listening, (url) => runAgent(way, agent, stage, { url: url.href }));
  return result;
}

async function runAgent(way: Way, agent: Agent, stage: Stage, target: object): Promise<Visit> {
  const library = path.basename(agent.app, '.ts');
  const isInstrumented = way === 'instrumentClient';
  const job = { otlp: stage.otlp, library, target, isInstrumented, steps: STEPS };
  const first = way === 'register' ? ['--import', 'mcp-sessionscope/register'] : [];
  const ended = await run(stage.node, [...first, 'agent.js'], {
    cwd: stage.folder,
    env: { ...QUIET, AGENT_JOB: JSON.stringify(job) },
    timeoutMs: LIMIT_MS,
  });
  const lines = ended.stdout.split('\n').filter((line) => line !== '');
  if (ended.code !== 0 || lines.length !== 1)
    throw new Error(`the agent ended with ${ended.code}\n${tail(ended.stdout)}${tail(ended.stderr)}`);
  return { answers: JSON.parse(String(lines[0])), stderr: ended.stderr };
}
