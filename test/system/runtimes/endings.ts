import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Check } from '../../../tools/support/checks.ts';
import type { OtlpSink } from '../../../tools/support/otlp-sink.ts';
import { onceArrived } from '../../../tools/support/weather-recording.ts';
import { type Application, commandFor } from './application.ts';

const GRACE_MS = 10_000;
const LEGACY = '2025-11-25';

/** A way in which the process of a stdio server ends. */
interface Ending {
  name: string;
  env: Record<string, string>;
  /** Brings it about. */
  end: (child: Child) => void;
  code: number;
  reason: string;
}

type Child = ReturnType<typeof start>;

const ENDINGS: readonly Ending[] = [
  { name: 'SIGTERM', env: {}, end: ({ kill }) => kill('SIGTERM'), code: 0, reason: 'server_shutdown' },
  { name: 'stdin ends', env: {}, end: ({ endStdin }) => endStdin(), code: 0, reason: 'stdin_eof' },
  {
    name: 'process.exit in a handler',
    env: { WITH_EXIT: '1' },
    end: ({ send }) => send({ id: 9, method: 'tools/call', params: { name: 'exit', arguments: {} } }),
    code: 7,
    reason: 'process_exit',
  },
  {
    name: 'process.exit when stdin ends',
    env: { WITHOUT_HOOKS: '1' },
    end: ({ endStdin }) => endStdin(),
    code: 0,
    reason: 'process_exit',
  },
];

/** A short session, and each way to end: the exit code stays, and the last spans arrive. */
export async function checkEndings(application: Application, sink: OtlpSink): Promise<Check[]> {
  const checks: Check[] = [];
  for (const ending of ENDINGS) {
    sink.clear();
    const code = await runToEnd(application, ending, { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url });
    const problems = await onceArrived(() => problemsWith(sink, ending));
    if (code !== ending.code) problems.push(`exit code ${code} instead of ${ending.code}`);
    const found = problems.join('; ') || `${sink.spans.length} spans, exit code ${code}`;
    checks.push({ ok: problems.length === 0, name: ending.name, found });
  }
  return checks;
}

function problemsWith({ spans }: OtlpSink, { reason }: Ending): string[] {
  const calls = spans.filter(({ name }) => name === 'tools/call get_weather').length;
  const reasons = spans
    .filter(({ name }) => name === 'mcp.session end')
    .map(({ attributes }) => attributes['mcp.client.session.end_reason']);
  return [
    ...(calls === 1 ? [] : [`${calls} calls recorded`]),
    ...(reasons.join() === reason ? [] : [`ended by [${reasons.join()}] instead of ${reason}`]),
  ];
}

/** @returns the exit code. */
async function runToEnd(
  application: Application,
  ending: Ending,
  env: Record<string, string>,
): Promise<number | null> {
  const command = await commandFor(application, { main: 'stdio.ts' }, { ...env, ...ending.env });
  const child = start(command);
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  try {
    const clientInfo = { name: 'endings', version: '1.0.0' };
    child.send({
      id: 1,
      method: 'initialize',
      params: { protocolVersion: LEGACY, capabilities: {}, clientInfo },
    });
    await child.answer();
    child.send({ method: 'notifications/initialized' });
    child.send({ id: 2, method: 'tools/call', params: { name: 'get_weather', arguments: { city: 'Oslo' } } });
    await child.answer();
    ending.end(child);
    return await child.exited;
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
}

function start({ command, args, cwd, env }: Awaited<ReturnType<typeof commandFor>>) {
  const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {});
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return {
    exited,
    send: (message: object) => void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
    endStdin: () => void child.stdin.end(),
    kill: (signal: NodeJS.Signals) => void child.kill(signal),
    /** Resolves with the next message, or when the process has gone. */
    answer: () => Promise.race([once(child.stdout, 'data'), exited]),
  };
}
