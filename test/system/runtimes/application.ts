import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { asJs, putPackage, writeApp, writeModule } from '../../../tools/support/app-folder.ts';
import { documentedLines } from '../../../tools/support/documented.ts';
import type { Runtime, Visited } from './runtimes.ts';
import { bundleWorker, writeWorkerConfig } from './worker.ts';

const APPS = fileURLToPath(new URL('apps', import.meta.url));
const PAGE = 'docs/runtimes.md';

/** The servers of one runtime, as their author has them. */
export interface Application {
  runtime: Runtime;
  isInstrumented: boolean;
  /** Loaded before the program. */
  preload?: string;
  folder: string;
  program: string;
  /** The file of docs/runtimes.md. */
  documented: string;
}

/** Where things are. */
export interface Parts {
  runtime: Runtime;
  /** Folder whose `node_modules` has the runtime and the MCP SDK. */
  installed: string;
  /** Folder whose `node_modules` has the packed package. */
  packed: string;
  /** Inside of `installed`: what is in here finds the MCP SDK. */
  scratch: string;
}

/** Lays the servers out, with the package or with one in its place that does nothing. */
export async function layOut(parts: Parts, isInstrumented: boolean): Promise<Application> {
  const { runtime, installed, packed, scratch } = parts;
  const lines = await documentedLines(PAGE, runtime.heading);
  const folder = path.join(scratch, isInstrumented ? 'instrumented' : 'bare');
  await mkdir(folder);
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module", "private": true }');
  await putPackage(isInstrumented, packed, path.join(folder, 'node_modules'));
  await writeApp(APPS, folder);
  await writeModule(path.join(folder, lines.file), lines.code);
  const program = path.join(installed, 'node_modules', runtime.binary);
  const application = { runtime, isInstrumented, folder, program, documented: lines.file };
  if (!runtime.hasProcesses) await bundleWorkers(application);
  return application;
}

/** What runs one server of an application, with what its environment has beside the path and the home. */
export async function commandFor(
  { runtime, folder, program, documented, preload }: Application,
  { main }: Pick<Visited, 'main'>,
  env: Record<string, string>,
): Promise<{ command: string; args: string[]; cwd: string; env: Record<string, string> }> {
  const file = asJs(main === 'documented' ? documented : main);
  const started = runtime.hasProcesses ? file : await writeWorkerConfig(folder, file, env);
  const { PATH = '', HOME = folder } = process.env;
  return {
    command: program,
    args: [
      ...(needsFiles(env) ? runtime.argsForFiles : runtime.args),
      ...(preload === undefined ? [] : ['--preload', preload]),
      started,
    ],
    cwd: folder,
    env: { PATH, HOME, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1', ...env },
  };
}

/** Into files, or by a process that outlives it: the ways in which stdio.ts keeps its telemetry without the hooks. */
function needsFiles(env: Record<string, string>): boolean {
  return ['TO_FILES', 'WITH_EXIT', 'WITHOUT_HOOKS', 'MCP_SESSIONSCOPE_DIR'].some((name) => name in env);
}

async function bundleWorkers({ runtime, folder, documented }: Application): Promise<void> {
  for (const { main } of runtime.visited)
    await bundleWorker(path.join(folder, asJs(main === 'documented' ? documented : main)));
}
