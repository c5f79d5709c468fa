import { McpController, Resource, Tool } from '@rekog/mcp-nest';
import { z } from 'zod';

// Without decorators for its parameters, a handler is given what was sent and the context, in this order.
@McpController()
export class WeatherController {
  @Tool({
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: z.object({ city: z.string() }),
  })
  async getWeather({ city }: { city: string }) {
    return { content: [{ type: 'text', text: `${city}: 19 °C, sunny` }] };
  }

  @Tool({ name: 'fail', description: 'Always fails', parameters: z.object({}) })
  async fail() {
    throw new RangeError('out of range');
  }

  @Resource({
    name: 'stations',
    description: 'The stations',
    mimeType: 'text/plain',
    uri: 'weather://stations',
  })
  async stations() {
    return { contents: [{ uri: 'weather://stations', mimeType: 'text/plain', text: 'Oslo, Bergen' }] };
  }
}
