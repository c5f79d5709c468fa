import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { REQUIRE_IN_ESM } from '../../tools/pack/require-in-esm.ts';
import { ForkedProgram, type ProgramOptions, runForked } from '../../tools/support/forked-program.ts';

const CHILDREN = fileURLToPath(new URL('./children/', import.meta.url));

/** The programs of `children/`, built. */
export interface Programs {
  /** Starts one. */
  start(program: string, job: object): ForkedProgram;
  /** For one that says one thing and exits. */
  run<T>(program: string, job: object): Promise<T>;
}

/**
 * Builds them like the command: what tsx makes of a file gives a name to each function that a call makes, which is slower
 * than what is shipped.
 */
export async function buildPrograms(folder: string, signal: AbortSignal): Promise<Programs> {
  const names = (await readdir(CHILDREN)).map((file) => basename(file, '.ts'));
  await build({
    entryPoints: names.map((name) => join(CHILDREN, `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    minify: true,
    banner: { js: REQUIRE_IN_ESM },
    logLevel: 'error',
  });
  const options: ProgramOptions = { signal, execArgv: ['--expose-gc', '--no-warnings'] };
  const built = (program: string): string => join(folder, `${program}.mjs`);
  return {
    start: (program, job) => new ForkedProgram(built(program), job, options),
    run: (program, job) => runForked(built(program), job, options),
  };
}
