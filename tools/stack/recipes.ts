import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder } from '../support/remove-folder.ts';
import { CLICKHOUSE_PACKAGE, COLLECTOR_MANIFEST, type Versions } from './versions.ts';

/** The programs that are built, the ones that take longest last. `chdb` is a folder: ClickHouse's engine for Node. */
export const BUILT = ['chdb', 'otelcol', 'prometheus', 'promtool', 'jaeger'] as const;
export type BuiltProgram = (typeof BUILT)[number];

/** How a recipe runs the Go command: resolves with what it wrote to stdout, rejects where it fails. */
export type RunGo = (args: string[], cwd: string) => Promise<string>;
/** Runs another program, such as one that the recipe has just built. */
export type RunProgram = (file: string, args: string[], cwd: string) => Promise<string>;

export interface Workshop {
  versions: Versions;
  /** A folder of the recipe's own, to leave behind what it likes. */
  scratch: string;
  go: RunGo;
  run: RunProgram;
}

/** Builds a program to `output`. */
export type Recipe = (workshop: Workshop, output: string) => Promise<void>;

const STRIP = ['-ldflags', '-s -w'];

/** How each program is built. */
export const RECIPES: Readonly<Record<BuiltProgram, Recipe>> = {
  chdb: installClickHouse,
  otelcol: buildCollector,
  prometheus: (shop, output) => buildOf(shop, prometheus(shop), './cmd/prometheus', output),
  promtool: (shop, output) => buildOf(shop, prometheus(shop), './cmd/promtool', output),
  jaeger: (shop, output) =>
    buildOf(
      shop,
      { module: `github.com/jaegertracing/jaeger@v${shop.versions.JAEGER_MODULE_VERSION}` },
      './cmd/jaeger',
      output,
    ),
};

interface Module {
  module: string;
  tags?: string;
}

function prometheus({ versions }: Workshop): Module {
  return {
    module: `github.com/prometheus/prometheus@v${versions.PROMETHEUS_MODULE_VERSION}`,
    // Nothing is scraped, so none of the two dozen ways to discover targets is needed: a third of the build.
    tags: 'remove_all_sd',
  };
}

/**
 * Builds a program in its module's own folder of the module cache, where the module's `go.sum` and `replace` lines are
 * in force; `go install` refuses modules that have the latter.
 */
async function buildOf(shop: Workshop, module: Module, path: string, output: string): Promise<void> {
  const folder = await download(shop, module);
  const tagged = module.tags === undefined ? [] : ['-tags', module.tags];
  await shop.go(['build', '-mod=readonly', ...tagged, ...STRIP, '-o', output, path], folder);
}

/** Resolves with the module's folder in the module cache. */
async function download(shop: Workshop, { module }: Module): Promise<string> {
  const answer = await shop.go(['mod', 'download', '-json', module], shop.scratch);
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

/** Installs what the lock file names, without running anything of it. */
async function installClickHouse({ run }: Workshop, output: string): Promise<void> {
  await mkdir(output, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) {
    await copyFile(join(CLICKHOUSE_PACKAGE, name), join(output, name));
  }
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], output);
}

/** The Collector's builder writes a program of the parts that the manifest names. */
async function buildCollector(shop: Workshop, output: string): Promise<void> {
  const { scratch, versions } = shop;
  const builder = `go.opentelemetry.io/collector/cmd/builder@v${versions.COLLECTOR_VERSION}`;
  const sources = join(scratch, 'collector');
  await removeFolder(sources);
  await mkdir(sources, { recursive: true });
  const tool = join(scratch, 'builder');
  await buildOf(shop, { module: builder }, '.', tool);
  const manifest = join(scratch, 'collector.yaml');
  await writeFile(manifest, withOutput(await readFile(COLLECTOR_MANIFEST, 'utf8'), sources));
  await shop.run(tool, ['--config', manifest, '--skip-compilation'], scratch);
  await shop.go(['build', ...STRIP, '-o', output, '.'], sources);
}

/** The builder has a flag for the folder too, but says that it is going away. */
function withOutput(manifest: string, folder: string): string {
  return manifest.replace(/^dist:$/m, `dist:\n  output_path: ${JSON.stringify(folder)}`);
}
