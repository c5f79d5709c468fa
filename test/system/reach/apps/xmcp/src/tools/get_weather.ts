import { z } from 'zod';

export const schema = { city: z.string() };

export const metadata = { name: 'get_weather', description: 'The weather of a city' };

export default function getWeather({ city }: { city: string }): string {
  return `${city}: 19 °C, sunny`;
}
