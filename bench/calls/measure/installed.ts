import { lstatSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runOrThrow } from '../../../tools/support/children.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MEBIBYTE = 2 ** 20;

export interface Installed {
  /** Folder of the application that it is installed in; the caller removes it. */
  dir: string;
  packages: number;
  /** MiB on the disk. */
  size: number;
}

/** Packs this package and installs the tarball in an empty application, as its users get it. */
export async function installOurs(): Promise<Installed & { entry: string; register: string }> {
  const dir = emptyApplication();
  const packed = await runOrThrow('npm', ['pack', '--silent', '--pack-destination', dir], { cwd: ROOT });
  const tarball = packed.stdout.trim().split('\n').at(-1) as string;
  const installed = await install(dir, `./${tarball}`, []);
  // What is run has the version that the floor runs on: they differ by more than what is compared here.
  await install(dir, `@opentelemetry/api@${pinned('@opentelemetry/api')}`, []);
  const urlOf = (name: string): string =>
    pathToFileURL(join(dir, 'node_modules/mcp-sessionscope/dist', name)).href;
  return { ...installed, entry: urlOf('index.js'), register: urlOf('register.cjs') };
}

/** Installs a package without its peer dependencies: the MCP SDK, which is the application's, is one of them. */
export function installPeer(name: string): Promise<Installed> {
  return install(emptyApplication(), `${name}@${pinned(name)}`, ['--legacy-peer-deps']);
}

/** The version of a package that the benchmark has. */
function pinned(name: string): string {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'bench/calls/package.json'), 'utf8'));
  return dependencies[name];
}

function emptyApplication(): string {
  const dir = mkdtempSync(join(tmpdir(), 'mcp-sessionscope-bench-'));
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'application', private: true }));
  return dir;
}

async function install(dir: string, what: string, flags: string[]): Promise<Installed> {
  await runOrThrow('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...flags, what], {
    cwd: dir,
  });
  const modules = join(dir, 'node_modules');
  const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
  return { dir, packages: Object.keys(packages).length, size: bytesOnDisk(modules) / MEBIBYTE };
}

function bytesOnDisk(path: string): number {
  const info = lstatSync(path);
  const own = info.blocks * 512;
  if (!info.isDirectory()) return own;
  return readdirSync(path).reduce((sum, name) => sum + bytesOnDisk(join(path, name)), own);
}
