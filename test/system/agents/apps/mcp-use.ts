import { MCPClient } from 'mcp-use/client';
import { type Connected, type Target, TIMEOUT_MS } from './connected.js';

export async function connect(target: Target): Promise<Connected> {
  const client = new MCPClient({ mcpServers: { weather: target } });
  const session = await client.createSession('weather');
  return {
    call: (tool, args) => session.callTool(tool, args, { timeout: TIMEOUT_MS }),
    client: Reflect.get(session.connector, 'client'),
    close: () => client.closeAllSessions(),
  };
}
