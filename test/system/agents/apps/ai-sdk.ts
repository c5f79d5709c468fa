import { createMCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport as StdioTransport } from '@ai-sdk/mcp/mcp-stdio';
import { type Connected, type Target, TIMEOUT_MS } from './connected.js';

export async function connect(target: Target): Promise<Connected> {
  const client = await createMCPClient({
    transport: 'url' in target ? { type: 'http', url: target.url } : new StdioTransport(target),
  });
  const tools = await client.tools();
  let calls = 0;
  return {
    call(tool, args) {
      calls += 1;
      const options = {
        toolCallId: String(calls),
        messages: [],
        abortSignal: AbortSignal.timeout(TIMEOUT_MS),
      };
      return Promise.resolve(tools[tool]?.execute(args, options));
    },
    client,
    close: () => client.close(),
  };
}
