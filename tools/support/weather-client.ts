import { isDeepStrictEqual } from 'node:util';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { type Era, type Target, withClient } from './mcp-clients.ts';

export const CLIENT = { name: 'weather-check', version: '1.2.3' };

/** What a client saw of a server. */
export interface Visit {
  /** What each step gave: the result, or the error that the client's method threw. */
  answers: Record<string, unknown>;
  /** How many requests it sent, without the one that begins. */
  requests: number;
  /** How many of them failed, by an error or by `isError`. */
  failures: number;
  /** What came that is no message: on stdio, whatever else the server wrote to stdout. */
  noise: string[];
  /** Of a server that the client started. */
  stderr: string;
}

/** A real client does everything that the servers of these checks offer, which tell the weather, and goes. */
export async function visit(target: Target, era: Era): Promise<Visit> {
  const { result, noise, stderr } = await withClient(target, { era, info: CLIENT }, walk);
  return { ...result, noise, stderr };
}

/** What another server, or the same one observed, answered otherwise. */
export function differences(bare: Visit, observed: Visit): string[] {
  const seen = ({ answers, noise }: Visit): Record<string, unknown> => ({
    ...answers,
    'what is no message': noise,
  });
  const [before, after] = [seen(bare), seen(observed)];
  return Object.keys({ ...before, ...after })
    .filter((step) => !isDeepStrictEqual(before[step], after[step]))
    .map((step) => `${step}: ${JSON.stringify(after[step])} instead of ${JSON.stringify(before[step])}`);
}

async function walk(client: Client): Promise<Pick<Visit, 'answers' | 'requests' | 'failures'>> {
  const answers: Record<string, unknown> = {
    server: client.getServerVersion(),
    capabilities: client.getServerCapabilities(),
  };
  let requests = 0;
  let failures = 0;
  const step = async (name: string, ask: () => Promise<object>): Promise<void> => {
    requests += 1;
    try {
      const answer = await ask();
      if ('isError' in answer && answer.isError === true) failures += 1;
      answers[name] = answer;
    } catch (error) {
      failures += 1;
      const { message, code, data } = error as Error & { code?: unknown; data?: unknown };
      answers[name] = { thrown: { message, code, data } };
    }
  };
  const call = (name: string, args: Record<string, unknown>) => () =>
    client.callTool({ name, arguments: args });
  await step('tools', () => client.listTools());
  for (const city of ['Oslo', 'Bergen', 'Tromsø']) await step(city, call('get_weather', { city }));
  await step('a tool that fails', call('fail', {}));
  await step('a wrong argument', call('get_weather', { city: 5 }));
  await step('a tool that is not there', call('no_such_tool', {}));
  if (client.getServerCapabilities()?.resources !== undefined) {
    await step('resources', () => client.listResources());
    await step('a resource', () => client.readResource({ uri: 'weather://stations' }));
  }
  return { answers, requests, failures };
}
