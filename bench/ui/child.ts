import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CHILDREN = fileURLToPath(new URL('./children/', import.meta.url));

/** A program of `children/` in a process of its own, and the first that it says. */
export interface Child<T> {
  readonly said: T;
  /** Tells it something, and waits for what it says to that. */
  ask<A>(): Promise<A>;
  /** Ends it, if it has not ended by itself. */
  end(): Promise<void>;
}

/** @param job - given to the program as JSON */
export async function startChild<T>(program: string, job: object, signal: AbortSignal): Promise<Child<T>> {
  const child = fork(CHILDREN + program, [JSON.stringify(job)], {
    execArgv: ['--expose-gc', '--no-warnings', '--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said = await firstSaid<T>(child, program);
  return {
    said,
    ask: <A>() => {
      child.send({});
      return firstSaid<A>(child, program);
    },
    end: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** Runs a program that says one thing and ends. */
export async function runChild<T>(program: string, job: object, signal: AbortSignal): Promise<T> {
  const child = await startChild<T>(program, job, signal);
  await child.end();
  return child.said;
}

function firstSaid<T>(child: ChildProcess, program: string): Promise<T> {
  return new Promise((resolve, reject) => {
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = `${stderr}${chunk}`.slice(-4_000);
    });
    const fail = (code: number | null) => reject(new Error(`${program} exited with ${code}\n${stderr}`));
    child.once('exit', fail);
    child.once('error', reject);
    child.once('message', (message) => {
      child.off('exit', fail);
      resolve(message as T);
    });
  });
}
