import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { OtlpSink } from './otlp-sink.ts';

const STARTUP_MS = 20_000;

/** An example's HTTP server in a process of its own. */
export interface HttpServerProcess {
  /** Its MCP endpoint. */
  url: URL;
  /** Sends SIGTERM, as a container runtime does, and waits until the process has flushed and gone. */
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();

/** How a stdio client starts the example's `server.ts`: parameters of `StdioClientTransport`. */
export function stdioServer(url: string, sink: OtlpSink, env: Record<string, string> = {}) {
  return {
    command: process.execPath,
    args: ['--import', 'tsx', serverScript(url)],
    env: serverEnvironment(sink, env),
  };
}

/** Starts the example's `server.ts` on a free port and waits until it says where it listens. */
export async function startHttpServer(
  url: string,
  sink: OtlpSink,
  env: Record<string, string> = {},
): Promise<HttpServerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', serverScript(url)], {
    env: serverEnvironment(sink, { PORT: '0', ...env }),
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const endpoint = await listening(child);
  return {
    url: endpoint,
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      assert.equal(child.exitCode, 0, `the server exited with ${child.exitCode ?? child.signalCode}`);
    },
  };
}

/** Runs a program to its end, and returns what it wrote to stdout. Fails where it does not exit with 0. */
export async function runProgram(
  program: URL,
  args: readonly string[],
  sink: OtlpSink,
  env: Record<string, string>,
): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(program), ...args], {
    env: serverEnvironment(sink, env),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, `the program exited with ${code ?? child.signalCode}`);
  return stdout;
}

/** Ends what a failed check left behind. */
export async function stopServers(): Promise<void> {
  for (const child of running) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

function serverScript(url: string): string {
  return fileURLToPath(new URL('./server.ts', url));
}

/** The process's own environment, with the sink as collector and none of the settings that a developer may have. */
function serverEnvironment(sink: OtlpSink, env: Record<string, string>): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(OTEL|MCP)_/.test(entry[0]),
  );
  return {
    ...Object.fromEntries(inherited),
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    ...env,
  };
}

function listening(child: ChildProcess): Promise<URL> {
  return new Promise((resolve, reject) => {
    const failed = (reason: string): void => reject(new Error(`the server ${reason}:\n${text}`));
    const timer = setTimeout(() => failed('did not start'), STARTUP_MS);
    let text = '';
    child.once('exit', (code) => failed(`exited with ${code} before it listened`));
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk;
      process.stderr.write(chunk);
      const address = /listening on (http\S+)/.exec(text)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(new URL(address));
    });
  });
}
