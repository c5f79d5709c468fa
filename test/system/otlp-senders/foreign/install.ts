import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CACHE_DIR, cachedInstall } from '../../../../tools/support/cached-install.ts';
import { runOrThrow } from '../../../../tools/support/children.ts';

const HERE = fileURLToPath(new URL('..', import.meta.url));
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

/** Resolves with the Python of an environment that has what a file of requirements names. */
export async function installPython(
  requirements: string,
  { say, name }: { say: (line: string) => void; name: string },
): Promise<string> {
  const file = join(HERE, requirements);
  const key = createHash('sha256').update(await readFile(file));
  const { stdout } = await runOrThrow('python3', ['-c', 'import sys; print(sys.version, sys.prefix)']);
  const folder = join(CACHE_DIR, `python-${key.update(stdout).digest('hex').slice(0, 12)}`);
  const python = join(folder, 'bin/python');
  if (existsSync(join(folder, 'ready'))) return python;
  say(`installing ${name} …`);
  await rm(folder, { recursive: true, force: true });
  await runOrThrow('python3', ['-m', 'venv', folder]);
  await runOrThrow(python, ['-m', 'pip', 'install', '--quiet', '--requirement', file]);
  await mkdir(join(folder, 'ready'));
  return python;
}

/** Resolves with a folder of the servers in Node, beside the packages that they import. */
export async function installNode(sdk: keyof typeof PACKAGES): Promise<string> {
  const folder = join(await cachedInstall(PACKAGES[sdk]), 'servers');
  await cp(join(HERE, 'foreign/node'), folder, { recursive: true, force: true });
  return folder;
}
