import { MCPClient } from '@mastra/mcp';
import { type Connected, type Target, TIMEOUT_MS } from './connected.js';

export async function connect(target: Target): Promise<Connected> {
  const weather = 'url' in target ? { url: new URL(target.url) } : target;
  const client = new MCPClient({ servers: { weather }, timeout: TIMEOUT_MS });
  const tools = await client.getTools();
  return {
    call: (tool, args) => tools[`weather_${tool}`]?.execute({ context: args }),
    close: () => client.disconnect(),
  };
}
