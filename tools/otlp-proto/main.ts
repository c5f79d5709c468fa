/** npm run generate:otlp [-- --check]: writes what decodes OTLP from the official definitions. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cachedInstall } from '../support/cached-install.ts';
import { runOrThrow } from '../support/children.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { DEFINITIONS, fetchDefinitions } from './definitions.ts';

const USAGE = `Usage: npm run generate:otlp -- [options]

Writes src/explorer/receiver/generated from ${DEFINITIONS.artifact}:${DEFINITIONS.version} (${DEFINITIONS.repository}).
Needs Maven, and the network for the first time.

  --check  write nothing; exit with 1 where a file is not what would be written
  --help   this text
`;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = path.join(ROOT, 'src/explorer/receiver/generated');
/** What is sent over OTLP/HTTP and kept; what these import comes with them. */
const SERVICES = ['trace', 'metrics', 'logs'].map((signal) => `opentelemetry/proto/collector/${signal}/v1`);
const COMPILER_VERSION = '1.75.0';

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const scratch = await mkdtemp(path.join(tmpdir(), 'mcp-sessionscope-otlp-'));
  try {
    const [made, before] = await Promise.all([generate(scratch).then(filesOf), filesOf(FOLDER)]);
    made.set('README.md', origin());
    const names = [...new Set([...made.keys(), ...before.keys()])].sort();
    const stale = names.filter((name) => made.get(name) !== before.get(name));
    if (values.check !== true) for (const name of stale) await put(name, made.get(name));
    return report(stale, values.check === true);
  } finally {
    await removeFolder(scratch);
  }
}

/** Resolves with the folder of the generated files. */
async function generate(scratch: string): Promise<string> {
  const runtime = await runtimeVersion();
  const archive = await fetchDefinitions();
  const tools = await cachedInstall({
    '@bufbuild/buf': COMPILER_VERSION,
    '@bufbuild/protobuf': runtime,
    '@bufbuild/protoc-gen-es': runtime,
  });
  const bin = path.join(tools, 'node_modules/.bin');
  const plugin = {
    local: path.join(bin, 'protoc-gen-es'),
    out: 'generated',
    opt: ['target=ts', 'import_extension=ts'],
  };
  const template = JSON.stringify({ version: 'v2', plugins: [plugin] });
  const paths = SERVICES.flatMap((service) => ['--path', service]);
  const options = ['--template', template, '--include-imports', '--output', scratch];
  await runOrThrow(path.join(bin, 'buf'), ['generate', `${archive}#format=zip`, ...options, ...paths], {
    cwd: scratch,
  });
  return path.join(scratch, 'generated');
}

/** The generator's version is that of the library which the generated code calls. */
async function runtimeVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
  return manifest.devDependencies['@bufbuild/protobuf'];
}

function origin(): string {
  return `# Generated, not to be edited

\`npm run generate:otlp\` writes these files from OpenTelemetry's own definitions of OTLP:
\`${DEFINITIONS.artifact}:${DEFINITIONS.version}\` (${DEFINITIONS.repository}),
SHA-256 \`${DEFINITIONS.sha256}\`.

The definitions are Copyright The OpenTelemetry Authors, licensed under the Apache License 2.0, as this package is.
`;
}

async function filesOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.map(async (file) => [path.relative(folder, file), await readFile(file, 'utf8')] as const),
    ),
  );
}

async function put(name: string, content: string | undefined): Promise<void> {
  const file = path.join(FOLDER, name);
  if (content === undefined) return rm(file);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
}

function report(stale: readonly string[], isCheck: boolean): number {
  if (stale.length === 0) {
    console.log('what decodes OTLP is up to date');
    return 0;
  }
  for (const name of stale) console.log(`${isCheck ? 'differs' : 'written'}: ${name}`);
  if (isCheck) console.error('Run "npm run generate:otlp" and commit what it writes.');
  return isCheck ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof TypeError ? `${error.message}\n\n${USAGE}` : error);
  return 2;
});
