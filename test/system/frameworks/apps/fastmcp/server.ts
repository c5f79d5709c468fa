import { FastMCP } from 'fastmcp';
import { z } from 'zod';

const { PORT, STATELESS } = process.env;

const server = new FastMCP({ name: 'weather', version: '1.0.0' });

server.addTool({
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => `${city}: 19 °C, sunny`,
});
server.addTool({
  name: 'fail',
  description: 'Always fails',
  parameters: z.object({}),
  execute: async () => {
    throw new RangeError('out of range');
  },
});
server.addResource({
  uri: 'weather://stations',
  name: 'stations',
  mimeType: 'text/plain',
  load: async () => ({ text: 'Oslo, Bergen' }),
});

await server.start(
  PORT === undefined
    ? { transportType: 'stdio' }
    : { transportType: 'httpStream', httpStream: { port: Number(PORT), stateless: STATELESS === '1' } },
);
