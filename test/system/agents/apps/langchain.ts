import { MultiServerMCPClient } from '@langchain/mcp-adapters';
import { type Connected, type Target, TIMEOUT_MS } from './connected.js';

export async function connect(target: Target): Promise<Connected> {
  const weather =
    'url' in target ? { ...target, transport: 'http' as const } : { ...target, transport: 'stdio' as const };
  const client = new MultiServerMCPClient({ mcpServers: { weather }, defaultToolTimeout: TIMEOUT_MS });
  const tools = new Map((await client.getTools()).map((tool) => [tool.name, tool]));
  return {
    call: async (tool, args) => tools.get(tool)?.invoke(args),
    client: await client.getClient('weather'),
    close: () => client.close(),
  };
}
