import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { putPackage, writeApp } from '../../../tools/support/app-folder.ts';
import { installedVersion } from '../../../tools/support/cached-install.ts';
import { runOrThrow } from '../../../tools/support/children.ts';
import { removeFolder } from '../../../tools/support/remove-folder.ts';
import type { NodeProgram, Server } from './servers.ts';
import type { Script } from './visit.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const TAP = path.join(HERE, 'programs/tap.mjs');

/** Where everything is. */
export interface Stage {
  /** Folder whose `node_modules` has the servers. */
  readonly installed: string;
  /** Inside of `installed`, with the packed package in its own `node_modules`. */
  readonly scratch: string;
  /** The interpreter whose environment has the servers from PyPI. */
  readonly python: string;
  /** A Node.js by the version that is asked for. */
  readonly nodeOf: (major: number | undefined) => Promise<string>;
  readonly signal: AbortSignal;
}

/** What starts a process. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Puts the packed package where the servers' folders find it. */
export async function setStage(stage: Stage, packed: string): Promise<void> {
  await putPackage(true, packed, path.join(stage.scratch, 'node_modules'));
}

/** A server's package with its version, or the name that it has here. */
export async function titleOf({ installed }: Stage, { name, runs, over, path: at }: Server): Promise<string> {
  const title =
    'package' in runs ? `${runs.package} ${await installedVersion(installed, runs.package)}` : name;
  return over === 'http' ? `${title} over HTTP${at === undefined ? '' : `, ${at}`}` : title;
}

/** What a client asks of a server, in the folder where that runs. */
export function scriptOf(stage: Stage, { era, calls }: Server): Script {
  return { era, calls: placed(calls, workFolder(stage)) };
}

/** The server as its users start it, in a folder that is as it was before each start. */
export async function launchOf(stage: Stage, server: Server, port = ''): Promise<Launch> {
  const folder = workFolder(stage);
  await removeFolder(folder);
  await mkdir(folder);
  for (const [name, text] of Object.entries(server.files ?? {})) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    ...(port !== '' && { PORT: port }),
    ...('python' in server.runs && { PYTHONDONTWRITEBYTECODE: '1' }),
    ...placed(server.env ?? {}, folder),
  };
  const args = [...(await programOf(stage, server)), ...(server.args?.({ folder, port }) ?? [])];
  const command = 'python' in server.runs ? stage.python : await stage.nodeOf(server.runs.node);
  return { command, args, env, cwd: folder };
}

/** The same, observed from within. */
export function registered(launch: Launch, recording: string): Launch {
  return {
    ...launch,
    args: ['--import', 'mcp-sessionscope/register', ...launch.args],
    env: { ...launch.env, MCP_SESSIONSCOPE_EXPORTER_TYPE: 'file', MCP_SESSIONSCOPE_DIR: recording },
  };
}

/** The same behind `run`, with a tap on both sides of that. */
export function tapped(stage: Stage, launch: Launch, folders: Taps & { recording: string }): Launch {
  const { command, args } = launch;
  const inner = [process.execPath, TAP, folders.server, command, ...args];
  const run = [process.execPath, cliOf(stage), 'run', '--dir', folders.recording, '--', ...inner];
  return { ...launch, command: process.execPath, args: [TAP, folders.client, ...run] };
}

/** Folders of what passed on the client's and on the server's side of `run`. */
export interface Taps {
  readonly client: string;
  readonly server: string;
}

/** With the folder where it says so. */
function placed<T>(value: T, folder: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll('<folder>', folder));
}

/** Always the same: answers may name it. */
function workFolder({ scratch }: Stage): string {
  return path.join(scratch, 'work');
}

/** The command, as it is published. */
export function cliOf({ scratch }: Stage): string {
  return path.join(scratch, 'node_modules/mcp-sessionscope/dist/cli.js');
}

async function programOf(stage: Stage, { runs }: Server): Promise<readonly string[]> {
  if ('python' in runs)
    return runs.python.map((each) => (each.endsWith('.py') ? path.join(HERE, 'python', each) : each));
  const bin = async () => path.join(stage.installed, 'node_modules', runs.package, await binOf(stage, runs));
  if (runs.app === undefined) return [await bin()];
  const { folder: source, main, build } = runs.app;
  const folder = path.join(stage.scratch, 'apps', path.basename(source));
  const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
  if (isNew) {
    await writeFile(path.join(folder, 'package.json'), '{ "type": "module", "private": true }');
    if (build === undefined) await writeApp(path.join(HERE, source), folder);
    else {
      await cp(path.join(HERE, source), folder, { recursive: true });
      await runOrThrow(await stage.nodeOf(runs.node), [await bin(), ...build], { cwd: folder });
    }
  }
  return [path.join(folder, main)];
}

async function binOf({ installed }: Stage, { package: name }: NodeProgram): Promise<string> {
  const manifest = await readFile(path.join(installed, 'node_modules', name, 'package.json'), 'utf8');
  const { bin } = JSON.parse(manifest) as { bin: string | Record<string, string> };
  return typeof bin === 'string' ? bin : String(Object.values(bin)[0]);
}
