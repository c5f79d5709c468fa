/**
 * Completes a lock file that `npm install` wrote on one platform: npx tsx tools/lock.ts [package-lock.json …]
 *
 * Where a registry does not offer the packages of other platforms, npm leaves those optional packages out of the lock
 * file, and `npm ci` then refuses it. They are added as npm writes them, without an integrity; `npm run lock` does both.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface Package {
  version?: string;
  optionalDependencies?: Record<string, string>;
  [field: string]: unknown;
}

const PLATFORM =
  /(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|wasm32-wasi|wasm32|win32)[-_]?([a-z0-9]+)?(?:[-_](.*))?$/;

for (const path of process.argv.length > 2 ? process.argv.slice(2) : ['package-lock.json']) {
  const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, Package> };
  const added = complete(lock.packages);
  lock.packages = sorted(lock.packages);
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${path}: ${added} optional packages of other platforms added`);
}

function complete(packages: Record<string, Package>): number {
  let added = 0;
  for (const [at, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (isLocked(packages, at, name)) continue;
      const [, os, cpu, abi = ''] = PLATFORM.exec(name) ?? [];
      if (os === undefined) throw new Error(`${name}, wanted by ${at}, is not locked and names no platform`);
      packages[`node_modules/${name}`] = {
        version,
        ...(cpu !== undefined && { cpu: [cpu] }),
        dev: true,
        ...(os === 'linux' && /gnu|musl/.test(abi) && { libc: [/musl/.test(abi) ? 'musl' : 'glibc'] }),
        optional: true,
        os: [os],
      };
      added += 1;
    }
  }
  return added;
}

/** Whether Node would find `name` from the package that stands at `at`. */
function isLocked(packages: Record<string, Package>, at: string, name: string): boolean {
  for (let folder = at; ; folder = folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined) return true;
    if (folder === '') return false;
  }
}

function sorted<T>(packages: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
}
