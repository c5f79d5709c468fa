import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cachedInstall } from '../../../tools/support/cached-install.ts';
import { run, tail } from '../../../tools/support/children.ts';
import { nodeAtLeast } from '../../../tools/support/node-runtime.ts';
import { removeFolder } from '../../../tools/support/remove-folder.ts';

/** A release of the conformance framework. */
export interface Framework {
  /** What the report calls it. */
  name: string;
  /** Path of its program. */
  locate(): Promise<string>;
}

/** What to run: a release of the framework, and which of its scenarios. */
export interface Suite {
  framework: Framework;
  args: string[];
}

/** One check of a scenario, as the framework wrote it down. */
export interface Check {
  id: string;
  status: string;
  [field: string]: unknown;
}

/** Scenario name to its checks. */
export type Results = Map<string, Check[]>;

const PACKAGE = '@modelcontextprotocol/conformance';
/** The framework imports what Node.js 20 has not. */
const NODE_MAJOR = 24;

/** The stable release, with the scenarios of the 2025 protocol revisions. */
export const FRAMEWORK_2025: Framework = {
  name: 'conformance 0.1.16',
  locate: async () => createRequire(import.meta.url).resolve(`${PACKAGE}/dist/index.js`),
};

/** The pre-release that knows the 2026-07-28 revision. It is installed beside the project: it needs Node.js 22. */
export const FRAMEWORK_2026: Framework = {
  name: 'conformance 0.2.0-alpha.12',
  locate: async () =>
    path.join(
      await cachedInstall({ [PACKAGE]: '0.2.0-alpha.12' }),
      'node_modules',
      PACKAGE,
      'dist',
      'index.js',
    ),
};

/** Runs scenarios of a suite against an endpoint. `scenario` alone, where it is given. */
export async function runSuite(suite: Suite, url: string, scenario?: string): Promise<Results> {
  const which = scenario === undefined ? suite.args : [...versionArgs(suite.args), '--scenario', scenario];
  return runFramework(suite.framework, ['server', '--url', url, ...which]);
}

/** Runs a scenario for clients: the framework serves, and adds its address to `command`, which starts the client. */
export function runClient(framework: Framework, scenario: string, command: string): Promise<Results> {
  return runFramework(framework, ['client', '--command', command, '--scenario', scenario]);
}

async function runFramework(framework: Framework, args: string[]): Promise<Results> {
  const output = await mkdtemp(path.join(tmpdir(), 'conformance-'));
  try {
    const all = [await framework.locate(), ...args, '--output-dir', output];
    const ended = await run(await nodeAtLeast(NODE_MAJOR), all, { cwd: output });
    const results = await readResults(output);
    if (results.size === 0) {
      throw new Error(`${framework.name} ran no scenario\n${tail(ended.stdout)}${tail(ended.stderr)}`);
    }
    return results;
  } finally {
    await removeFolder(output);
  }
}

function versionArgs(args: string[]): string[] {
  const at = args.indexOf('--spec-version');
  return at === -1 ? [] : args.slice(at, at + 2);
}

/** The framework writes one folder per scenario: `server-<scenario>-<time>/checks.json`, for clients without `server-`. */
async function readResults(output: string): Promise<Results> {
  const results: Results = new Map();
  const folders = await readdir(output);
  for (const folder of folders.sort()) {
    const scenario = /^(?:server-)?(.+)-\d{4}-\d\d-\d\dT[\dZ-]+$/.exec(folder)?.[1];
    if (scenario === undefined) continue;
    results.set(scenario, JSON.parse(await readFile(path.join(output, folder, 'checks.json'), 'utf8')));
  }
  return results;
}
