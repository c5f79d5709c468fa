import { whileListening } from '../../../tools/support/listening-server.ts';
import { freePort } from '../../../tools/support/ports.ts';
import { type Visit, visit } from '../../../tools/support/weather-client.ts';
import { type Application, commandFor } from './application.ts';
import type { Visited } from './runtimes.ts';

/** Starts a server, lets a client visit it, and ends it. */
export async function visitServer(
  application: Application,
  visited: Visited,
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<Visit> {
  if (visited.over === 'stdio') return visit(await commandFor(application, visited, env), visited.era);
  const work = (url: URL): Promise<Visit> => visit(url, visited.era);
  const { result, output } = await withServer(application, visited, env, signal, work);
  return { ...result, stderr: output };
}

/** Starts a server that listens, and ends it when `work` is done. */
export async function withServer<T>(
  application: Application,
  visited: Visited,
  env: Record<string, string>,
  signal: AbortSignal,
  work: (url: URL) => Promise<T>,
): Promise<{ result: T; output: string }> {
  const port = await freePort();
  const command = await commandFor(application, visited, { ...env, PORT: port });
  const { result, output, exitCode } = await whileListening({ ...command, port, signal }, work);
  // Bare, the signal kills it, where it does not listen to it.
  if (application.isInstrumented && exitCode !== 0)
    throw new Error(`SIGTERM ended it with ${exitCode}\n${output}`);
  return { result, output };
}
