import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { installedVersion } from '../../../tools/support/cached-install.ts';
import { run, tail } from '../../../tools/support/children.ts';
import type { Tarball } from '../../../tools/support/tarball.ts';
import { startUiProcess } from '../../../tools/support/ui-process.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const MAX_PACKAGES = 2;
const MAX_MIB = 5;
/** Of these, what an application with OpenTelemetry of its own has to add. */
const MAX_OWN_MIB = 3;

/** Bytes of the page's script that is loaded first, minified. */
const MAX_PAGE_BYTES = 230_000;
/** What a script loads with itself, rather than when it is first shown. */
const LOADED_WITH = /(?:from|import)"\.\/(page-[\w-]+\.js)"/g;

/** What a user gets to see of the package: nothing of its sources, tests and tools. */
const PUBLISHED =
  /^(dist\/[\w-]+\.(js|cjs|d\.ts|d\.cts)|dist\/THIRD-PARTY-NOTICES\.txt|dist\/page\/[\w-]+\.(html|js|css)|dist\/page\/demo\.jsonl\.gz|docs\/[\w-]+\.md|dashboards\/(clickhouse|tempo)\/[\w-]+\.json|dashboards\/alerts\/[\w-]+\.yaml|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/;
const EXPECTED = [
  'dist/index.js',
  'dist/index-names.cjs',
  'dist/index.cjs',
  'dist/index.d.ts',
  'dist/index.d.cts',
  'dist/instrumentation.js',
  'dist/instrumentation-names.cjs',
  'dist/instrumentation.cjs',
  'dist/instrumentation.d.ts',
  'dist/instrumentation.d.cts',
  'dist/load-sdk.cjs',
  'dist/sdk.cjs',
  'dist/cli.js',
  'dist/THIRD-PARTY-NOTICES.txt',
  'dist/page/index.html',
  'dist/page/page.js',
  'dist/page/page.css',
  'dist/page/demo.jsonl.gz',
  'dashboards/clickhouse/mcp-sessions.json',
  'dashboards/tempo/mcp-sessions.json',
  'dashboards/alerts/prometheus-rules.yaml',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'package.json',
];

/** Checks of the package installed alone; each gives what it found and what is wrong with it. */
export interface Finding {
  name: string;
  found: string;
  problems: string[];
}

export function checkContents({ contents }: Tarball): Finding {
  const strange = contents.filter((file) => !PUBLISHED.test(file)).map((file) => `holds ${file}`);
  const missing = EXPECTED.filter((file) => !contents.includes(file)).map((file) => `lacks ${file}`);
  return { name: 'tarball', found: `${contents.length} files`, problems: [...strange, ...missing] };
}

export async function checkManifest(installed: string): Promise<Finding> {
  const file = path.join(installed, 'node_modules/mcp-sessionscope/package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  // What is imported for nothing but its effect is the one file that a bundler must not leave out.
  const isAsMeant = isDeepStrictEqual(manifest.sideEffects, ['./dist/register.cjs']);
  const problems = isAsMeant ? [] : ['sideEffects is not register alone'];
  return { name: 'sideEffects', found: String(manifest.sideEffects), problems };
}

/** The installed command starts, by the name that users type. */
export async function checkCommand(installed: string): Promise<Finding> {
  const command = path.join(installed, 'node_modules/.bin/mcp-sessionscope');
  const ended = await run(command, ['--version'], { cwd: installed });
  const found = ended.stdout.trim();
  const version = await installedVersion(installed, 'mcp-sessionscope');
  const problems =
    ended.code === 0 && found.includes(version) ? [] : [`--version says "${found}"`, tail(ended.stderr)];
  return { name: 'command', found, problems };
}

/** The installed command serves its page. */
export async function checkPage(installed: string): Promise<Finding> {
  const args = ['--dir', path.join(installed, 'recording'), '--port', '0', '--no-otlp'];
  const ui = await startUiProcess(args, path.join(installed, 'node_modules/mcp-sessionscope/dist/cli.js'));
  try {
    const paths = ['/', '/page.js', '/page.css', '/api/state'];
    const answers = await Promise.all(paths.map((each) => fetch(new URL(each, ui.url))));
    const problems = answers.flatMap(({ url, status }) =>
      status === 200 ? [] : [`${url} answers ${status}`],
    );
    const { first, all } = await pageBytes(ui.url);
    if (first > MAX_PAGE_BYTES) problems.push(`page.js has more than ${MAX_PAGE_BYTES} bytes`);
    const found = `${paths.join(' ')}; page.js ${first} bytes, at first sight ${all} bytes`;
    return { name: 'page', found, problems };
  } finally {
    await ui.stop();
  }
}

/** Of the first script, and of all that is loaded at first sight. */
async function pageBytes(url: URL): Promise<{ first: number; all: number }> {
  const read = async (name: string) => (await fetch(new URL(`/${name}`, url))).text();
  const loaded = new Map([['page.js', '']]);
  for (const name of loaded.keys()) {
    const script = await read(name);
    loaded.set(name, script);
    for (const [, other = ''] of script.matchAll(LOADED_WITH)) if (!loaded.has(other)) loaded.set(other, '');
  }
  const others = await Promise.all(['', 'page.css'].map(read));
  const bytes = [...loaded.values(), ...others].map((text) => Buffer.byteLength(text));
  return { first: bytes[0] ?? 0, all: bytes.reduce((sum, each) => sum + each, 0) };
}

/** With nothing else than the package: how much is that? */
export async function checkFootprint(installed: string): Promise<Finding> {
  const modules = path.join(installed, 'node_modules');
  const lock = JSON.parse(await readFile(path.join(modules, '.package-lock.json'), 'utf8'));
  const packages = Object.keys(lock.packages).length;
  const all = (await bytesIn(modules)) / 2 ** 20;
  const own = (await bytesIn(path.join(modules, 'mcp-sessionscope'))) / 2 ** 20;
  const problems: string[] = [];
  if (packages > MAX_PACKAGES) problems.push(`more than ${MAX_PACKAGES} packages`);
  if (all > MAX_MIB) problems.push(`more than ${MAX_MIB} MiB`);
  if (own > MAX_OWN_MIB) problems.push(`more than ${MAX_OWN_MIB} MiB of our own`);
  const found = `${packages} packages, ${all.toFixed(1)} MiB, ${own.toFixed(1)} MiB of them our own`;
  return { name: 'footprint', found, problems };
}

/** Space on disk, in whole blocks, as `du` counts it. */
async function bytesIn(dir: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(dir)) {
    const file = path.join(dir, name);
    const info = await lstat(file);
    bytes += info.isDirectory() ? await bytesIn(file) : info.blocks * 512;
  }
  return bytes;
}

/** Types resolve and fit in every module format and resolution that TypeScript has for Node.js. */
export async function checkTypes(installed: string, use = USE_OF_TYPES): Promise<Finding[]> {
  const dir = path.join(installed, 'types');
  await mkdir(dir, { recursive: true });
  for (const name of ['esm.mts', 'cjs.cts', 'bundler.ts']) await writeFile(path.join(dir, name), use);
  const node16 = { module: 'node16', moduleResolution: 'node16' };
  const bundler = { module: 'esnext', moduleResolution: 'bundler' };
  return [
    await compile(dir, 'node16 from ESM', ['esm.mts'], node16),
    await compile(dir, 'node16 from CJS', ['cjs.cts'], node16),
    await compile(dir, 'bundler', ['bundler.ts'], bundler),
  ];
}

async function compile(dir: string, name: string, files: string[], options: object): Promise<Finding> {
  const project = path.join(dir, `tsconfig.${name.replaceAll(' ', '-')}.json`);
  const compilerOptions = {
    ...options,
    target: 'es2022',
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    typeRoots: [path.join(ROOT, 'node_modules/@types')],
    types: ['node'],
  };
  await writeFile(project, JSON.stringify({ compilerOptions, files }));
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const ended = await run(process.execPath, [tsc, '-p', project], { cwd: dir });
  const problems = ended.code === 0 ? [] : [tail(ended.stdout)];
  return { name: `types, ${name}`, found: files.join(' '), problems };
}

/** The second half must not compile: it shows that the types are seen, and are not `any`. */
const USE_OF_TYPES = `
import { installShutdownHooks, instrumentServer, TelemetryManager, type TelemetryConfig } from 'mcp-sessionscope';

const config: TelemetryConfig = { serverName: 'typed', exporterType: 'none' };
const telemetry: TelemetryManager = instrumentServer({}, config);
const uninstall: () => void = installShutdownHooks(telemetry, { signals: ['SIGTERM'] });
const text: string = telemetry.startActiveSpan('typed', {}, (span) => span.spanContext().traceId);
const later: Promise<number> = telemetry.startActiveSpan('typed', {}, async () => 1);
export { later, text, uninstall };

// @ts-expect-error there is no such exporter
export const wrong: TelemetryConfig = { exporterType: 'carrier-pigeon' };
// @ts-expect-error a name is text
new TelemetryManager({ serverName: 1 });
`;

/** The same for who has OpenTelemetry's base for instrumentations. */
export const USE_OF_INSTRUMENTATION = `
import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation';
import { McpInstrumentation, type McpInstrumentationConfig } from 'mcp-sessionscope/instrumentation';

const config: McpInstrumentationConfig = { enabled: false, enableArgumentCollection: true };
const instrumentation: Instrumentation<McpInstrumentationConfig> = new McpInstrumentation(config);
registerInstrumentations({ instrumentations: [instrumentation, new McpInstrumentation()] });
instrumentation.setConfig({ maxAttributeLength: 100 });

// @ts-expect-error that is the SDK's to say
new McpInstrumentation({ exporterEndpoint: 'http://localhost:4318' });
`;
