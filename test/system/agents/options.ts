import { readOnly } from '../../../tools/support/only-option.ts';
import { AGENTS, type Agent } from './agents.ts';

export const USAGE = `Usage: npm run test:agents -- [options]

Installs the libraries by which agents use MCP servers from npm, once, makes an agent with each, and lets it visit a
server of ours over stdio and HTTP: bare, with --import mcp-sessionscope/register, and with instrumentClient where the
library hands out its client. Answers must be the same, and from the agent's span to the tool's own it must be one trace.

  --only <name>  one library; more than once for more: ${AGENTS.map(({ name }) => name).join(', ')}
  --help         this text
`;

export interface Options {
  agents: readonly Agent[];
}

/** @returns nothing where help was asked for. */
export function readOptions(args: string[]): Options | undefined {
  const agents = readOnly(args, AGENTS);
  return agents && { agents };
}
