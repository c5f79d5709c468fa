/** The tools that every replica has. Those of both SDKs are given in the same way. */
import { z } from 'zod';
import { text } from '../../stack/servers/answer.ts';

/** What each tool does; a client may call others, which are unknown. */
const TOOLS = {
  search: () => text('two orders'),
  price: () => text('12.50'),
  stock: () => text('7 left'),
  refuse: () => ({ ...text('not today'), isError: true }),
  fail: () => {
    throw new RangeError('no such shelf');
  },
} as const;

interface Registers {
  registerTool(name: string, config: object, handler: () => Promise<object>): unknown;
}

/** Each call says which conversation it is of, for whoever reads the recording. */
export function registerTools(server: object): void {
  for (const [name, answer] of Object.entries(TOOLS)) {
    const inputSchema = z.object({ label: z.string() });
    (server as Registers).registerTool(name, { inputSchema }, async () => answer());
  }
}
