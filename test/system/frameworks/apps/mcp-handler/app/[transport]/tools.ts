import { z } from 'zod';

export function registerTools(server: any): void {
  server.registerTool(
    'get_weather',
    { inputSchema: z.object({ city: z.string() }) },
    async ({ city }: any) => ({
      content: [{ type: 'text', text: `${city}: 19 °C, sunny` }],
    }),
  );
  server.registerTool('fail', { inputSchema: z.object({}) }, async () => {
    throw new RangeError('out of range');
  });
  server.registerResource('stations', 'weather://stations', { mimeType: 'text/plain' }, async () => ({
    contents: [{ uri: 'weather://stations', mimeType: 'text/plain', text: 'Oslo, Bergen' }],
  }));
}
