import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeFolder } from '../support/remove-folder.ts';
import { goEnvironment, LoggedRunner, requireGo } from './go.ts';
import { installFolder, programPath } from './places.ts';
import { BUILT, type BuiltProgram, RECIPES } from './recipes.ts';
import { readVersions, type Versions } from './versions.ts';

/** The file of each of the stack's programs. */
export type Binaries = Record<BuiltProgram, string>;

export interface InstallOptions {
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Which to build; all by default. */
  only?: readonly BuiltProgram[];
}

/** How often the elapsed time is told. */
const TELL_MS = 30_000;

/**
 * Builds what is missing of the stack, into the cache folder. Does nothing where all is there; a stopped or failed
 * build goes on where it was.
 *
 * @param say - told what is being built, and for how long
 */
export async function ensureInstalled(
  say: (line: string) => void,
  options: InstallOptions = {},
): Promise<Binaries> {
  const env = options.env ?? process.env;
  const folder = installFolder(env);
  const missing = (options.only ?? BUILT).filter((program) => !isBuilt(folder, program));
  if (missing.length > 0) await build(missing, folder, { say, env, signal: options.signal });
  return Object.fromEntries(BUILT.map((program) => [program, programPath(folder, program)])) as Binaries;
}

/** What there is, without building anything. */
export function installed(env: NodeJS.ProcessEnv = process.env): { missing: BuiltProgram[]; folder: string } {
  const folder = installFolder(env);
  return { folder, missing: BUILT.filter((program) => !isBuilt(folder, program)) };
}

interface Build {
  say: (line: string) => void;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal | undefined;
}

async function build(programs: readonly BuiltProgram[], folder: string, how: Build): Promise<void> {
  const versions = readVersions();
  requireGo(await goVersion(how.env), versions.GO_VERSION);
  await mkdir(join(folder, 'bin'), { recursive: true });
  const log = join(folder, 'install.log');
  how.say(`building ${programs.join(', ')} into ${folder}; the log is install.log there`);
  const runner = new LoggedRunner(log, how.signal);
  try {
    for (const [index, program] of programs.entries()) {
      const what = `${program} (${index + 1} of ${programs.length})`;
      const seconds = await timed(`building ${what}`, how.say, () =>
        buildOne(program, { folder, versions, runner, env: how.env }),
      );
      how.say(`built ${what} in ${seconds} s`);
    }
  } finally {
    runner.close();
  }
}

interface OneBuild {
  folder: string;
  versions: Versions;
  runner: LoggedRunner;
  env: NodeJS.ProcessEnv;
}

/** Builds beside the place where the program belongs, so that a program there is a whole one. */
async function buildOne(program: BuiltProgram, { folder, versions, runner, env }: OneBuild): Promise<void> {
  const scratch = await mkdtemp(join(folder, `building-${program}-`));
  const goEnv = goEnvironment(env);
  try {
    const output = join(scratch, 'output');
    await RECIPES[program](
      {
        versions,
        scratch,
        go: (args, cwd) => runner.run('go', args, cwd, goEnv),
        run: (file, args, cwd) => runner.run(file, args, cwd, goEnv),
      },
      output,
    );
    const size = sizeOf(output);
    await removeFolder(programPath(folder, program));
    await rename(output, programPath(folder, program));
    await writeStamp(folder, program, { size, builtAt: new Date().toISOString() });
  } finally {
    await removeFolder(scratch);
  }
}

interface Stamp {
  size: number;
  builtAt: string;
}

async function writeStamp(folder: string, program: BuiltProgram, stamp: Stamp): Promise<void> {
  const path = stampPath(folder, program);
  await writeFile(`${path}.${process.pid}`, JSON.stringify(stamp));
  await rename(`${path}.${process.pid}`, path);
}

/** Whether the stamp, which is written after the program, is of the file that is there. */
function isBuilt(folder: string, program: BuiltProgram): boolean {
  const [path, stamp] = [programPath(folder, program), stampPath(folder, program)];
  if (!existsSync(path) || !existsSync(stamp)) return false;
  return (JSON.parse(readFileSync(stamp, 'utf8')) as Stamp).size === sizeOf(path);
}

/** Of a folder that npm filled, the size of the list of what it holds. */
function sizeOf(path: string): number {
  const list = join(path, 'node_modules', '.package-lock.json');
  return statSync(statSync(path).isDirectory() && existsSync(list) ? list : path).size;
}

function stampPath(folder: string, program: BuiltProgram): string {
  return join(folder, `${program}.stamp`);
}

async function goVersion(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('go', ['env', 'GOVERSION'], {
      env: { ...env, GOTOOLCHAIN: 'local' },
      timeout: 30_000,
    });
    return stdout;
  } catch {
    return undefined;
  }
}

async function timed(what: string, say: (line: string) => void, work: () => Promise<void>): Promise<number> {
  const startedAt = Date.now();
  const seconds = (): number => Math.round((Date.now() - startedAt) / 1000);
  say(`${what} …`);
  const timer = setInterval(() => say(`${what} … ${seconds()} s`), TELL_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return seconds();
}
