import { z } from 'zod';

let runs = 0;

/** Its layer counts how often it runs: once a call, however many calls there were. */
export function registerTools(server: any): any {
  return server
    .mcpMiddleware('tools/call', async (_request: any, _extra: any, next: () => Promise<any>) => {
      runs += 1;
      return { ...(await next()), _meta: { runs } };
    })
    .registerTool({ name: 'get_weather', inputSchema: { city: z.string() } }, async ({ city }: any) => ({
      content: `${city}: 19 °C, sunny`,
    }))
    .registerTool({ name: 'fail', inputSchema: {} }, async () => {
      throw new RangeError('out of range');
    });
}
