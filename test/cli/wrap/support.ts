import { fileAt } from '../../../src/cli/wrap/clients.ts';
import { type Configuration, type Plan, planUnwrap, planWrap } from '../../../src/cli/wrap/plan.ts';
import type { WrapOptions } from '../../../src/cli/wrap/wrap-server.ts';

export const LAUNCHER = ['npx', '-y', 'mcp-sessionscope@0.1'];

/** What the words of a command become. */
export const wrapped = (...words: string[]): string[] => [...LAUNCHER, 'run', '--', ...words];

const configuration = (text: string, file: string): Configuration => ({
  ...fileAt(file),
  text,
  only: undefined,
});

export function wrap(text: string, file = 'mcp.json', options: Partial<WrapOptions> = {}): Plan {
  return planWrap(configuration(text, file), { launcher: LAUNCHER, proxies: new Map(), ...options });
}

export function unwrap(text: string, file = 'mcp.json'): Plan {
  return planUnwrap(configuration(text, file));
}

/** By server, why it was left. */
export function reasons({ servers }: Plan): Record<string, string> {
  return Object.fromEntries(
    servers.flatMap(({ name, outcome }) => ('left' in outcome ? [[name, outcome.left]] : [])),
  );
}

/** By server, the words of its command afterwards. */
export function commands({ servers }: Plan): Record<string, readonly string[]> {
  return Object.fromEntries(
    servers.flatMap(({ name, outcome }) => ('after' in outcome ? [[name, outcome.after]] : [])),
  );
}
