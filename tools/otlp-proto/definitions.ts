import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { CACHE_DIR } from '../support/cached-install.ts';
import { runOrThrow } from '../support/children.ts';
import { removeFolder } from '../support/remove-folder.ts';

/** Where the definitions come from: the archive of .proto files that OpenTelemetry publishes with each release of them. */
export const DEFINITIONS = {
  repository: 'Maven Central',
  artifact: 'io.opentelemetry.proto:opentelemetry-proto',
  /** `-alpha` is of the Java classes beside them; the definitions are release 1.11.0, under the Apache License 2.0. */
  version: '1.11.0-alpha',
  sha256: 'a5f47de1368ca82aec597e74d0be6969763707483da6672471d703d454d65b5b',
} as const;

/**
 * Brings the archive into the cache folder, by Maven, once.
 *
 * @returns its path
 * @throws where it is not the one that was meant
 */
export async function fetchDefinitions(): Promise<string> {
  const file = `opentelemetry-proto-${DEFINITIONS.version}.jar`;
  const kept = path.join(CACHE_DIR, file);
  if (!existsSync(kept)) await copyFromMaven(file, kept);
  const found = createHash('sha256')
    .update(await readFile(kept))
    .digest('hex');
  if (found === DEFINITIONS.sha256) return kept;
  await rm(kept, { force: true });
  throw new Error(
    `${DEFINITIONS.artifact}:${DEFINITIONS.version} has the SHA-256 ${found}, not the one that was written down`,
  );
}

async function copyFromMaven(file: string, kept: string): Promise<void> {
  await mkdir(CACHE_DIR, { recursive: true });
  const staging = await mkdtemp(path.join(CACHE_DIR, 'installing-'));
  try {
    const artifact = `${DEFINITIONS.artifact}:${DEFINITIONS.version}`;
    const options = [`-Dartifact=${artifact}`, `-DoutputDirectory=${staging}`];
    await runOrThrow('mvn', ['-q', '-B', 'dependency:copy', ...options], { cwd: staging });
    await rename(path.join(staging, file), kept);
  } finally {
    await removeFolder(staging);
  }
}
