import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ChildOptions {
  args?: string[];
  env?: Record<string, string>;
  /** The runtime. Default: the Node that runs the tests. */
  execPath?: string;
  /** Node's own options, before the script. */
  nodeOptions?: string[];
  /** Whether stdout is read from the start. Default: true. */
  readsStdout?: boolean;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A Node process whose streams a test reads. */
export interface Child {
  process: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Writes messages to stdin, one JSON a line; a string goes as it is. */
  send(...messages: (object | string)[]): void;
  /** Closes stdin, as a client does that goes. */
  endStdin(): void;
  kill(signal: NodeJS.Signals): void;
  /** Reads stdout from now on. */
  readStdout(): void;
  /** Resolves when `condition` holds, looked at after each output; rejects where the process ends before. */
  until(condition: () => boolean): Promise<void>;
  /** Resolves when stdout has so many lines. */
  lines(count: number): Promise<void>;
  /** Resolves when the process is gone and its streams were read to their end. */
  exited: Promise<Exit>;
  /** Resolves when the process is gone, read or not. */
  gone: Promise<Pick<Exit, 'code' | 'signal'>>;
}

const running = new Set<ChildProcess>();

/** Starts a script. Variables of the environment that OpenTelemetry and the package read are not handed down. */
export function startChild(
  script: string,
  {
    args = [],
    env = {},
    execPath = process.execPath,
    nodeOptions = [],
    readsStdout = true,
  }: ChildOptions = {},
): Child {
  const child = spawn(execPath, [...nodeOptions, script, ...args], {
    env: { ...cleanEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  let closed = false;
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const each of [...waiting]) each();
  };
  const readStdout = (): void => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      look();
    });
  };
  if (readsStdout) readStdout();
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    look();
  });
  // A process that is gone does not read what it was sent.
  child.stdin.on('error', () => {});
  const gone = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const exited = once(child, 'close').then(([code, signal]) => {
    closed = true;
    running.delete(child);
    look();
    return { code, signal, stdout, stderr };
  });
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const each = (): void => {
        if (!condition() && !closed) return;
        waiting.delete(each);
        if (condition()) resolve();
        else reject(new Error(`the process ended before; stdout: ${stdout}; stderr: ${stderr}`));
      };
      waiting.add(each);
      each();
    });
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    send: (...messages) => {
      for (const message of messages) {
        child.stdin.write(typeof message === 'string' ? message : `${JSON.stringify(message)}\n`);
      }
    },
    endStdin: () => child.stdin.end(),
    kill: (signal) => void child.kill(signal),
    readStdout,
    until,
    lines: (count) => until(() => stdout.split('\n').length > count),
    exited,
    gone,
  };
}

/** Call in `afterEach`: ends what a failed test left running. */
export function killChildren(): void {
  for (const child of running) child.kill('SIGKILL');
}

function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) =>
      value !== undefined && !/^(OTEL_|MCP_SESSIONSCOPE|NODE_OPTIONS|JEST_|FORCE_COLOR)/.test(name),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}
