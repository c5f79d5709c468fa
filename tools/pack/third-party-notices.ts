import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const LICENSE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * Writes the licences of all packages that are built into the bundles: their authors ask that a copy goes along. One
 * plugin serves several builds, which may run at the same time; the file has the packages of all that are through.
 *
 * @param file the file to write, such as `dist/THIRD-PARTY-NOTICES.txt`
 */
export function thirdPartyNotices(file: string): Plugin {
  /** The files that are built in, by the folder of their package. */
  const packages = new Map<string, Set<string>>();
  return {
    name: 'third-party-notices',
    setup({ initialOptions, onEnd }) {
      initialOptions.metafile = true;
      onEnd(async ({ metafile }) => {
        for (const { inputs } of Object.values(metafile?.outputs ?? {})) {
          for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
            if (bytesInOutput > 0) addFile(packages, path);
          }
        }
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, noticesOf(packages));
      });
    },
  };
}

function addFile(packages: Map<string, Set<string>>, path: string): void {
  const folder = packageFolder(path);
  if (folder === undefined) return;
  packages.set(folder, (packages.get(folder) ?? new Set()).add(path));
  // Packages that are built into the files of another: their bundler left their names.
  for (const [, inner] of readFileSync(path, 'utf8').matchAll(/#region \S*node_modules\/(\S+)/g)) {
    const at = packageFolder(`node_modules/${inner}`);
    if (at !== undefined) packages.set(at, packages.get(at) ?? new Set());
  }
}

/** The innermost package that a file belongs to, but for this one: an installed one, or one whose data is kept among the sources. */
function packageFolder(path: string): string | undefined {
  const installed = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
  if (installed !== undefined) return installed;
  const folder = dirname(path);
  return folder !== '.' && existsSync(join(folder, 'package.json')) ? folder : undefined;
}

/** Each licence once, with the packages that it is of. */
function noticesOf(builtIn: ReadonlyMap<string, ReadonlySet<string>>): string {
  const packages = new Map<string, string[]>();
  for (const [folder, files] of builtIn) {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const text = licenseOf(folder, files);
    packages.set(text, [...(packages.get(text) ?? []), `${name} ${version}`]);
  }
  const parts = [...packages]
    .map(([text, names]) => ({ text, names: [...new Set(names)].sort() }))
    .sort((left, right) => (left.names[0]! < right.names[0]! ? -1 : 1))
    .map(({ text, names }) => `${names.join('\n')}\n\n${text}\n`);
  return [HEADING, ...parts].join(`\n${'-'.repeat(80)}\n\n`);
}

const HEADING =
  'Parts of these packages are built into the files of this folder, under the licences that follow.\n';

function licenseOf(folder: string, files: ReadonlySet<string>): string {
  const names = readdirSync(folder).filter((name) => LICENSE_FILE.test(name));
  if (names.length > 0) {
    return names.map((name) => readFileSync(join(folder, name), 'utf8').trim()).join('\n\n');
  }
  // Some packages have the licence at the head of each file alone.
  const heads = new Set([...files].map(headOf).filter((head) => /copyright/i.test(head)));
  const { name, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (heads.size === 0) throw new Error(`${name} is built in, and has no licence that could go along`);
  return [`License: ${license}`, ...[...heads].sort()].join('\n\n');
}

/** The comment that a file begins with. */
function headOf(path: string): string {
  const [head = ''] = /^(?:\/\/.*\n)+/m.exec(readFileSync(path, 'utf8')) ?? [];
  return head.replace(/^\/\/ ?/gm, '').trim();
}
