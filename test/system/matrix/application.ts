import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
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
  const { sdk, otel, format, bundled, registered } = parts;
  await mkdir(outDir, { recursive: true });
  const how = registered ? 'registered' : otel.app;
  const name = [sdk.app, how, bundled.replaceAll(' ', '-')].join('-');
  const outfile = path.join(outDir, `${name}.${format === 'esm' ? 'mjs' : 'cjs'}`);
  const entry = [
    ...(registered ? [] : [`import * as otel from './${otel.app}.js';`]),
    `import * as mcp from './${sdk.app}.js';`,
    `import { main } from './${registered ? 'registered' : 'main'}.js';`,
    `main(${registered ? 'mcp' : 'otel, mcp'}).catch((error) => { console.error(error); process.exit(1); });`,
  ];
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
  { sdk, otel, registered = false }: Pick<AppParts, 'sdk' | 'otel' | 'registered'>,
): Promise<string[]> {
  sink.clear();
  const ended = await run(node, [file], {
    cwd: path.dirname(file),
    env: registered ? registering(sink) : { MATRIX_OTLP: sink.url, MATRIX_HOW: otel.how },
    timeoutMs: 60_000,
  });
  if (ended.timedOut) return [`the application hung\n${tail(ended.stderr)}`];
  if (ended.code !== 0) return [`the application exited with ${ended.code}\n${tail(ended.stderr)}`];
  const problems = problemsWith(sink, sdk, otel, { hasOwnSpans: !registered });
  if (ended.stdout !== 'the application is done\n') {
    problems.push(`stdout is not the application's alone: ${tail(ended.stdout)}`);
  }
  if (problems.length > 0 && ended.stderr !== '') problems.push(`stderr: ${tail(ended.stderr)}`);
  return problems;
}

/** What makes of a program that knows nothing of it one that is observed; its child processes, too. */
function registering({ url }: OtlpSink): Record<string, string> {
  return {
    NODE_OPTIONS: '--import mcp-sessionscope/register',
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_SERVICE_NAME: 'the-application',
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
