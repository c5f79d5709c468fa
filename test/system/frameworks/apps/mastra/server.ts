import { createServer } from 'node:http';
import { createTool } from '@mastra/core/tools';
import { MCPServer } from '@mastra/mcp';
import { z } from 'zod';

const { PORT } = process.env;

const getWeather = createTool({
  id: 'get_weather',
  description: 'The weather of a city',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `${city}: 19 °C, sunny`,
});
const fail = createTool({
  id: 'fail',
  description: 'Always fails',
  inputSchema: z.object({}),
  execute: async () => {
    throw new RangeError('out of range');
  },
});

const server = new MCPServer({
  id: 'weather',
  name: 'weather',
  version: '1.0.0',
  tools: { get_weather: getWeather, fail },
  resources: {
    listResources: async () => [{ uri: 'weather://stations', name: 'stations', mimeType: 'text/plain' }],
    getResourceContent: async () => ({ text: 'Oslo, Bergen' }),
  },
});

if (PORT === undefined) await server.startStdio();
else {
  createServer((req, res) => {
    const url = new URL(req.url ?? '', `http://127.0.0.1:${PORT}`);
    void server.startHTTP({ url, httpPath: '/mcp', req, res });
  }).listen(Number(PORT), '127.0.0.1');
}
