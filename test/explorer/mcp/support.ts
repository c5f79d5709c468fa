import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import type { Recorded } from '../../../src/explorer/mcp/recorded.ts';
import { createMcpServer } from '../../../src/explorer/mcp/server.ts';
import { openStore } from '../../../src/explorer/store/open-store.ts';
import { NOW, otlpLine } from '../support.ts';

/** What a tool answered. */
export interface Answer {
  /** `structuredContent`, which the client has checked against the schema of the tool. */
  json: any;
  text: string;
  isError: boolean;
  /** Of the whole result. */
  bytes: number;
}

export interface Asking {
  ask(tool: string, args?: Record<string, unknown>): Promise<Answer>;
  client: Client;
  close(): Promise<void>;
}

/** A real client of the server that answers from a folder. */
export async function askAbout(
  dir: string,
  { now = () => NOW, maxWaitMs = 20_000 }: Partial<Recorded> = {},
): Promise<Asking> {
  const store = openStore({ dir, now });
  const server = createMcpServer({ store, dir, now, maxWaitMs });
  const client = new Client({ name: 'test-client', version: '1' });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.connect(far);
  await client.connect(near);
  return {
    client,
    ask: (tool, args = {}) => askClient(client, tool, args),
    close: async () => {
      await client.close();
      await store.close();
    },
  };
}

/** Calls a tool of any SDK's client. */
export async function askClient(
  client: { callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<object> },
  name: string,
  args: Record<string, unknown> = {},
): Promise<Answer> {
  const result: any = await client.callTool({ name, arguments: args });
  const text = result.content.map((part: { text: string }) => part.text).join('\n');
  return {
    json: result.structuredContent,
    text,
    isError: result.isError === true,
    bytes: Buffer.byteLength(JSON.stringify(result)),
  };
}

/** Asks for page after page; `between` happens after each. */
export async function pages(
  { ask }: Pick<Asking, 'ask'>,
  tool: string,
  args: Record<string, unknown>,
  between: (page: number) => void = () => {},
): Promise<any[]> {
  const found: any[] = [];
  let cursor: string | null | undefined;
  do {
    const { json, text, isError } = await ask(tool, cursor === undefined ? args : { ...args, cursor });
    if (isError) throw new Error(text);
    found.push(json);
    between(found.length);
    cursor = json.next_cursor;
  } while (cursor !== null && found.length < 1_000);
  return found;
}

/** Adds a line to a recording. */
export function append(dir: string, spans: unknown[], name = 'a.traces.jsonl'): void {
  appendFileSync(join(dir, name), `${otlpLine(spans)}\n`);
}
