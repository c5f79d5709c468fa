import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RunCounts } from './counts.ts';

/** `down`: the port is closed; `hang`: takes requests and never answers; a number: the status of every answer. */
export type Behaviour = 'ok' | 'down' | 'hang' | '503' | '429';

/** A collector in another process. */
export class Collector {
  readonly #child: ChildProcess;
  readonly #port: number;

  constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  /** The OTLP endpoint of one run, without `/v1`. */
  endpoint(run: string): string {
    return `http://127.0.0.1:${this.#port}/${run}`;
  }

  /** Resolves when the collector behaves so. */
  async behave(behaviour: Behaviour): Promise<void> {
    const changed = once(this.#child, 'message');
    this.#child.send(behaviour);
    await changed;
  }

  async counts(run: string): Promise<RunCounts> {
    const response = await fetch(`${this.endpoint(run)}/counts`);
    return (await response.json()) as RunCounts;
  }

  stop(): void {
    this.#child.disconnect();
  }
}

export async function startCollector(): Promise<Collector> {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return new Collector(child, port);
}
