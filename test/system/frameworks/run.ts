import { whileListening } from '../../../tools/support/listening-server.ts';
import { freePort } from '../../../tools/support/ports.ts';
import { type Visit, visit } from '../../../tools/support/weather-client.ts';
import type { Application } from './application.ts';
import type { Framework, Way } from './frameworks.ts';

export interface RunOptions {
  node: string;
  framework: Framework;
  way: Way;
  /** Added to the server's environment. */
  env: Record<string, string>;
  signal: AbortSignal;
}

/** Starts a server, lets a client visit it, and ends it. */
export function run(application: Application, options: RunOptions): Promise<Visit> {
  return options.way.over === 'stdio'
    ? runOverStdio(application, options)
    : runOverHttp(application, options);
}

function runOverStdio({ folder, env, args }: Application, options: RunOptions): Promise<Visit> {
  const target = { command: options.node, args: args(''), cwd: folder, env: { ...env, ...options.env } };
  return visit(target, options.way.era);
}

async function runOverHttp({ folder, env, args }: Application, options: RunOptions): Promise<Visit> {
  const { node, framework, way, signal } = options;
  const port = await freePort();
  const listening = {
    command: node,
    args: args(port),
    cwd: folder,
    env: { ...env, ...options.env, [framework.portVariable ?? 'PORT']: port },
    port,
    signal,
  };
  const { result, output } = await whileListening(listening, (url) => visit(url, way.era));
  return { ...result, stderr: output };
}
