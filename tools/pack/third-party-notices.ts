import { readdirSync, readFileSync } from 'node:fs';
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
  const folders = new Set<string>();
  return {
    name: 'third-party-notices',
    setup({ initialOptions, onEnd }) {
      initialOptions.metafile = true;
      onEnd(async ({ metafile }) => {
        for (const { inputs } of Object.values(metafile?.outputs ?? {})) {
          for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
            const folder = bytesInOutput > 0 ? packageFolder(path) : undefined;
            if (folder !== undefined) folders.add(folder);
          }
        }
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, noticesOf([...folders]));
      });
    },
  };
}

function packageFolder(path: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

/** Each licence once, with the packages that it is of. */
function noticesOf(folders: string[]): string {
  const packages = new Map<string, string[]>();
  for (const folder of folders) {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const text = licenseOf(folder);
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

function licenseOf(folder: string): string {
  const names = readdirSync(folder).filter((name) => LICENSE_FILE.test(name));
  if (names.length > 0) {
    return names.map((name) => readFileSync(join(folder, name), 'utf8').trim()).join('\n\n');
  }
  // Some packages give the name of their licence alone.
  const { name, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${name} is built in, and gives no licence`);
  return `License: ${license}`;
}
