import { MCPResource, MCPServer, MCPTool } from 'mcp-framework';
import { z } from 'zod';

const { PORT } = process.env;

class GetWeather extends MCPTool {
  name = 'get_weather';
  description = 'The weather of a city';
  schema = z.object({ city: z.string().describe('The name of the city') });

  async execute({ city }: { city: string }) {
    return `${city}: 19 °C, sunny`;
  }
}

class Fail extends MCPTool {
  name = 'fail';
  description = 'Always fails';
  schema = z.object({});

  async execute() {
    throw new RangeError('out of range');
  }
}

class Stations extends MCPResource {
  uri = 'weather://stations';
  name = 'stations';
  mimeType = 'text/plain';

  async read() {
    return [{ uri: this.uri, mimeType: this.mimeType, text: 'Oslo, Bergen' }];
  }
}

const server = new MCPServer({
  name: 'weather',
  version: '1.0.0',
  transport:
    PORT === undefined ? { type: 'stdio' } : { type: 'http-stream', options: { port: Number(PORT) } },
});
server.addTool(GetWeather);
server.addTool(Fail);
server.addResource(Stations);
await server.start();
