import { MCPServer, text } from 'mcp-use';
import { z } from 'zod';

const server = new MCPServer({ name: 'weather', version: '1.0.0' });

server.tool(
  { name: 'get_weather', description: 'The weather of a city', schema: z.object({ city: z.string() }) },
  async ({ city }) => text(`${city}: 19 °C, sunny`),
);
server.tool({ name: 'fail', description: 'Always fails' }, async () => {
  throw new RangeError('out of range');
});
server.resource({ name: 'stations', uri: 'weather://stations', mimeType: 'text/plain' }, async () =>
  text('Oslo, Bergen'),
);

await server.listen(Number(process.env.PORT));
