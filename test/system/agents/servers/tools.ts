import { once } from 'node:events';
import type { TelemetryManager } from 'mcp-sessionscope';
import { z } from 'zod';

/** What the servers call themselves. */
export const INFO = { name: 'weather', version: '1.2.3' } as const;

interface Registers {
  registerTool(name: string, config: object, handler: (...args: any[]) => Promise<TextResult>): unknown;
}

interface TextResult {
  content: { type: 'text'; text: string }[];
}

/** The tools that the agents call, on a server of either SDK. */
export function registerTools(of: object, telemetry: TelemetryManager | undefined): void {
  const server = of as Registers;
  const city = z.object({ city: z.string() });
  const nothing = z.object({});
  server.registerTool('get_weather', { description: 'Tells it.', inputSchema: city }, async (input) => {
    const lookUp = async () => textOf(`${input.city}: rain`);
    return telemetry === undefined ? lookUp() : telemetry.startActiveSpan('look up', {}, lookUp);
  });
  server.registerTool('fail', { description: 'Fails.', inputSchema: nothing }, async () => {
    throw new RangeError('no such station');
  });
  server.registerTool('wait', { description: 'Never ends.', inputSchema: nothing }, async (_, extra) => {
    const { signal } = extra.mcpReq ?? extra;
    await once(signal, 'abort');
    return textOf('too late');
  });
}

function textOf(text: string): TextResult {
  return { content: [{ type: 'text', text }] };
}
