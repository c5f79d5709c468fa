import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cachedInstall } from '../../../tools/support/cached-install.ts';
import { type Ended, run, tail } from '../../../tools/support/children.ts';
import { nodeAtLeast } from '../../../tools/support/node-runtime.ts';
import { removeFolder } from '../../../tools/support/remove-folder.ts';
import type { Tarball } from '../../../tools/support/tarball.ts';
import type { Finding } from './fresh-install.ts';

/** How each adds packages to an application, and the file that it is started by. */
const MANAGERS = {
  npm: { entry: 'npm/bin/npm-cli.js', add: ['install', '--no-audit', '--no-fund'] },
  pnpm: { entry: 'pnpm/bin/pnpm.mjs', add: ['add'] },
  yarn: { entry: 'yarn/bin/yarn.js', add: ['add', '--non-interactive'] },
} as const;
type Manager = keyof typeof MANAGERS;

const PACKAGES = { npm: '11', pnpm: '12', yarn: '1' };

/** What the application has before, and what is installed with the package. */
const APPLICATIONS = [
  { name: 'an empty application', has: [], with: ['@opentelemetry/api@1.9'], brings: 2 },
  { name: 'one with API 1.9', has: ['@opentelemetry/api@~1.9.0'], with: [], brings: 1 },
  {
    name: 'one on OpenTelemetry 3.x',
    has: [
      '@opentelemetry/api@~1.10.0',
      ...['context-async-hooks', 'resources', 'sdk-metrics', 'sdk-trace'].map(
        (name) => `@opentelemetry/${name}@3`,
      ),
    ],
    with: [],
    brings: 1,
  },
] as const;

/** What npm says of this machine's own settings. */
const OF_THE_MACHINE = /Unknown \w+ config/;

/** The package is added by three package managers, without a warning and with nothing that is not needed. */
export async function checkPackageManagers(tarball: Tarball): Promise<Finding[]> {
  const managers = await cachedInstall(PACKAGES);
  // OpenTelemetry 3.x asks for it.
  const node = await nodeAtLeast(24);
  const findings: Finding[] = [];
  for (const manager of Object.keys(MANAGERS) as Manager[]) {
    for (const application of APPLICATIONS) {
      const problems = await addTo(application, manager, { tarball, managers, node });
      findings.push({
        name: manager,
        found: `added to ${application.name}, ${application.brings} package${application.brings === 1 ? '' : 's'}`,
        problems,
      });
    }
  }
  return findings;
}

interface Means {
  tarball: Tarball;
  managers: string;
  node: string;
}

async function addTo(
  application: (typeof APPLICATIONS)[number],
  manager: Manager,
  { tarball, managers, node }: Means,
): Promise<string[]> {
  const dir = await mkdtemp(path.join(tmpdir(), `mcp-sessionscope-${manager}-`));
  const { entry, add } = MANAGERS[manager];
  const file = path.join(managers, 'node_modules', entry);
  const PATH = `${path.dirname(node)}${path.delimiter}${process.env['PATH']}`;
  const adds = (packages: readonly string[]): Promise<Ended> =>
    run(node, [file, ...add, ...packages], { cwd: dir, env: { PATH, CI: 'true', NO_COLOR: '1' } });
  try {
    const manifest = { name: 'application', version: '1.0.0', private: true, license: 'MIT' };
    await writeFile(path.join(dir, 'package.json'), JSON.stringify(manifest));
    if (application.has.length > 0) {
      const before = await adds(application.has);
      if (before.code !== 0) return [`${manager} does not install the application\n${said(before)}`];
    }
    const before = await packagesIn(dir);
    const ended = await adds([`file:${tarball.file}`, ...application.with]);
    if (ended.code !== 0) return [`${manager} exits with ${ended.code}\n${said(ended)}`];
    const warnings = said(ended)
      .split('\n')
      .filter((line) => /\bwarn|ERESOLVE|\bunmet\b|conflict/i.test(line) && !OF_THE_MACHINE.test(line));
    const brought = (await packagesIn(dir)) - before;
    return [
      ...warnings,
      ...(brought === application.brings ? [] : [`brings ${brought} packages, not ${application.brings}`]),
    ];
  } finally {
    await removeFolder(dir);
  }
}

function said({ stdout, stderr }: Ended): string {
  return `${tail(stdout, 200)}${tail(stderr, 200)}`;
}

/** How many packages an application has, copies counted. */
async function packagesIn(dir: string): Promise<number> {
  const modules = path.join(dir, 'node_modules');
  // pnpm keeps every package in a folder of its own there, and links to it from wherever it is used.
  const stored = await namesIn(path.join(modules, '.pnpm'));
  if (stored.length > 0) return stored.filter((name) => name.includes('@')).length;
  const entries = await readdir(modules, { recursive: true }).catch(() => []);
  return entries.filter((entry) => PACKAGE_MANIFEST.test(entry)).length;
}

const PACKAGE_MANIFEST = /^(?:.*node_modules[\\/])?(?:@[^\\/]+[\\/])?[^@.\\/][^\\/]*[\\/]package\.json$/;

function namesIn(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []);
}
