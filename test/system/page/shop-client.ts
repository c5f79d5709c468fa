import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Stage } from './check.ts';

const SERVER = fileURLToPath(new URL('./servers/shop.ts', import.meta.url));

/** Where the shop's server records. */
export type Destination = { readonly dir: string } | { readonly otlpUrl: string };

/** A real client of a shop of its own. The session ends when it is closed. */
export async function connectToShop(stage: Stage, name: string, to: Destination): Promise<Client> {
  const client = new Client({ name, version: '1.0.0' });
  stage.atEnd(() => client.close());
  const env: Record<string, string> =
    'dir' in to ? { MCP_SESSIONSCOPE_DIR: to.dir } : { SHOP_OTLP_ENDPOINT: to.otlpUrl };
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: ['--import', 'tsx', SERVER],
      env: { ...inherited(), ...env },
      stderr: 'ignore',
    }),
  );
  return client;
}

/** Without what this shell is set to for OpenTelemetry. */
function inherited(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(OTEL_|MCP_SESSIONSCOPE_)/.test(name),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}
