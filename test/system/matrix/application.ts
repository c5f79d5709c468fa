import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { run, tail } from '../../../tools/support/children.ts';
import type { OtlpSink } from '../../../tools/support/otlp-sink.ts';
import type { Format, McpSdk, Otel } from './cells.ts';
import { problemsWith } from './expectations.ts';

const APPS = fileURLToPath(new URL('apps', import.meta.url));

/** CommonJS code in an ESM bundle asks for Node's modules by `require`. */
const REQUIRE_IN_ESM =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** What of the application's packages goes into its one file. */
export type Bundled = 'nothing' | 'all but telemetry' | 'everything';

/** Telemetry packages that are best left outside of a bundle. */
const TELEMETRY = ['mcp-sessionscope', '@opentelemetry/*'];

interface AppParts {
  sdk: McpSdk;
  otel: Otel;
  format: Format;
  bundled: Bundled;
  /** It knows nothing of telemetry. */
  registered?: boolean;
}

/**
 * Puts the application together for an MCP SDK, an OpenTelemetry and a module format.
 *
 * @param installed folder whose `node_modules` it uses.
 * @param outDir where the file goes.
 * @returns the file to run.
 */
export async function buildApplication(parts: AppParts, installed: string, outDir: string): Promise<string> {
  const { sdk, otel, format, bundled } = parts;
  const isUnaware = knowsNothing(parts);
  const how = isUnaware ? 'registered' : otel.app;
  const entry = [
    ...(isUnaware ? [] : [`import * as otel from './${otel.app}.js';`]),
    `import * as mcp from './${sdk.app}.js';`,
    `import { main } from './${isUnaware ? 'registered' : 'main'}.js';`,
    `main(${isUnaware ? 'mcp' : 'otel, mcp'}).catch((error) => { console.error(error); process.exit(1); });`,
  ];
  const name = [sdk.app, how, bundled.replaceAll(' ', '-')].join('-');
  return bundle({ name, entry, format, bundled }, installed, outDir);
}

/** What is loaded before an application that knows nothing of telemetry: its OpenTelemetry, with our instrumentation. */
export function buildPreloaded(
  { otel, format }: Pick<AppParts, 'otel' | 'format'>,
  installed: string,
  outDir: string,
): Promise<string> {
  const entry = [
    ...(format === 'esm' ? [LOADER_HOOK] : []),
    `import { start } from './${otel.app}.js';`,
    'start();',
  ];
  return bundle({ name: `${otel.app}-preloaded`, entry, format, bundled: 'nothing' }, installed, outDir);
}

/** By it, OpenTelemetry's instrumentations see ESM. */
const LOADER_HOOK =
  "import { register } from 'node:module'; register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);";

interface Output {
  name: string;
  entry: readonly string[];
  format: Format;
  bundled: Bundled;
}

/** @returns the file. */
async function bundle(
  { name, entry, format, bundled }: Output,
  installed: string,
  outDir: string,
): Promise<string> {
  await mkdir(outDir, { recursive: true });
  const outfile = path.join(outDir, `${name}.${format === 'esm' ? 'mjs' : 'cjs'}`);
  await build({
    stdin: { contents: entry.join('\n'), resolveDir: APPS },
    outfile,
    format,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    nodePaths: [path.join(installed, 'node_modules')],
    ...(bundled === 'nothing' ? { packages: 'external' } : { plugins: [fromInstall(installed)] }),
    ...(bundled === 'all but telemetry' && { external: TELEMETRY }),
    ...(format === 'esm' && bundled !== 'nothing' && { banner: { js: REQUIRE_IN_ESM } }),
  });
  return outfile;
}

/** Runs the application and says what is wrong with it, or with the telemetry that arrived. */
export async function runApplication(
  node: string,
  file: string,
  sink: OtlpSink,
  cell: Pick<AppParts, 'sdk' | 'otel' | 'registered'> & { preloaded?: string },
): Promise<string[]> {
  const { sdk, otel } = cell;
  sink.clear();
  const ended = await run(node, [file], {
    cwd: path.dirname(file),
    env: environmentOf(cell, sink),
    timeoutMs: 60_000,
  });
  if (ended.timedOut) return [`the application hung\n${tail(ended.stderr)}`];
  if (ended.code !== 0) return [`the application exited with ${ended.code}\n${tail(ended.stderr)}`];
  const problems = problemsWith(sink, sdk, otel, { hasOwnSpans: !knowsNothing(cell) });
  if (ended.stdout !== 'the application is done\n') {
    problems.push(`stdout is not the application's alone: ${tail(ended.stdout)}`);
  }
  if (problems.length > 0 && ended.stderr !== '') problems.push(`stderr: ${tail(ended.stderr)}`);
  return problems;
}

function knowsNothing({ otel, registered }: Pick<AppParts, 'otel' | 'registered'>): boolean {
  return registered === true || otel.how === 'NodeSDK' || otel.how === 'auto';
}

/** Of a program that knows nothing of telemetry, what makes one of it that is observed; its child processes, too. */
function environmentOf(
  { otel, registered, preloaded }: Pick<AppParts, 'otel' | 'registered'> & { preloaded?: string },
  { url }: OtlpSink,
): Record<string, string> {
  const said = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SERVICE_NAME: 'the-application' };
  if (registered) return { ...said, NODE_OPTIONS: '--import mcp-sessionscope/register' };
  if (preloaded === undefined) return { MATRIX_OTLP: url, MATRIX_HOW: otel.how };
  const isEsm = preloaded.endsWith('.mjs');
  const options = [
    ...(otel.how === 'auto' ? ['--require @opentelemetry/auto-instrumentations-node/register'] : []),
    isEsm ? `--import ${pathToFileURL(preloaded).href}` : `--require ${preloaded}`,
  ];
  return {
    ...said,
    NODE_OPTIONS: options.join(' '),
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'none',
    // None that asks the network where it is.
    OTEL_NODE_RESOURCE_DETECTORS: 'env,host,process',
    OTEL_RESOURCE_ATTRIBUTES: `otel.line=${otel.name.split(',')[0]}`,
  };
}

/** Resolves packages from the scratch install, as if the application's sources lay in there. */
function fromInstall(installed: string): import('esbuild').Plugin {
  return {
    name: 'from-install',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^[^./]/ }, async (args) => {
        if (args.pluginData === 'resolved' || !args.importer.startsWith(APPS)) return undefined;
        return resolve(args.path, { kind: args.kind, resolveDir: installed, pluginData: 'resolved' });
      });
    },
  };
}
