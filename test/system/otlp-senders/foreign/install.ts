import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedInstall } from '../../../../tools/support/cached-install.ts';

const SERVERS = fileURLToPath(new URL('node', import.meta.url));
const OTEL = {
  '@opentelemetry/api': '1.9.1',
  '@opentelemetry/exporter-trace-otlp-http': '0.223.0',
  '@opentelemetry/resources': '2.12.0',
  '@opentelemetry/sdk-trace-node': '2.12.0',
};
/** By the version of the MCP SDK: it takes schemas of different versions of zod. */
const PACKAGES = {
  1: {
    ...OTEL,
    '@modelcontextprotocol/sdk': '1.32.2',
    '@sentry/node': '10.78.0',
    '@shinzolabs/instrumentation-mcp': '1.1.0',
    agentcat: '1.0.1',
    zod: '3.25.76',
  },
  2: {
    ...OTEL,
    '@modelcontextprotocol/server': '2.4.0',
    'mcp-handler': '2.4.0',
    'mcp-opentelemetry': '0.2.0',
    zod: '4.6.7',
  },
};

/** Resolves with a folder of the servers in Node, beside the packages that they import. */
export async function installNode(sdk: keyof typeof PACKAGES): Promise<string> {
  const folder = join(await cachedInstall(PACKAGES[sdk]), 'servers');
  await cp(SERVERS, folder, { recursive: true, force: true });
  return folder;
}
