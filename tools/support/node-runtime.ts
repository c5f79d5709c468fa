import { existsSync } from 'node:fs';
import path from 'node:path';
import { cachedInstall, installedVersion } from './cached-install.ts';

const CURRENT_MAJOR = Number(process.versions.node.split('.')[0]);

/** The Node.js that runs this program, by its major version. */
export const currentNode = String(CURRENT_MAJOR);

/**
 * A Node.js binary: this one, where the version is its own, else one from npm's `node` package.
 *
 * @param version a major version, or an exact one.
 */
export async function nodeBinary(version: string): Promise<string> {
  if (version === currentNode) return process.execPath;
  const dir = await cachedInstall({ node: version });
  const binary = path.join(
    dir,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (!existsSync(binary)) {
    throw new Error(
      `npm's "node" package brought no Node.js ${version}: its install script must be allowed to run`,
    );
  }
  return binary;
}

/** The exact version that {@link nodeBinary} gives. */
export async function nodeVersion(version: string): Promise<string> {
  return version === currentNode
    ? process.versions.node
    : installedVersion(await cachedInstall({ node: version }), 'node');
}

/** This Node.js if it is new enough, else a newer one from npm. */
export function nodeAtLeast(major: number): Promise<string> {
  return CURRENT_MAJOR >= major ? Promise.resolve(process.execPath) : nodeBinary(String(major));
}
