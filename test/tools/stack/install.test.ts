import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ensureInstalled } from '../../../tools/stack/install.ts';
import { installFolder } from '../../../tools/stack/places.ts';
import { removeFolder } from '../../../tools/support/remove-folder.ts';

/** Stands in for Go, to fail when told to; a build writes what it was asked for into the program. */
const FAKE_GO = `#!/bin/sh
case "$1" in
  env) echo go1.26.8 ;;
  mod) echo "{\\"Dir\\": \\"$PWD\\"}" ;;
  build)
    if [ -n "$FAKE_HANGS" ]; then sleep 60; fi
    if [ -n "$FAKE_FAILS" ]; then echo "no such package" >&2; exit 1; fi
    while [ "$1" != -o ]; do shift; done
    echo "built" > "$2" ;;
esac
`;

let root: string;
let env: Record<string, string>;
let said: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'stack-install-'));
  await writeFile(join(root, 'go'), FAKE_GO);
  await chmod(join(root, 'go'), 0o755);
  env = { PATH: `${root}:/usr/bin:/bin`, XDG_CACHE_HOME: join(root, 'cache') };
  said = [];
});
afterEach(() => removeFolder(root));

const install = (over: Record<string, string> = {}, signal?: AbortSignal) =>
  ensureInstalled((line) => said.push(line), {
    env: { ...env, ...over },
    only: ['promtool', 'jaeger'],
    ...(signal !== undefined && { signal }),
  });

describe('stack:install', () => {
  test('builds each program once, and says which', async () => {
    const { jaeger, promtool } = await install();
    expect([promtool, jaeger].map((path) => readFileSync(path, 'utf8'))).toEqual(['built\n', 'built\n']);
    expect(said.join('\n')).toMatch(/building promtool \(1 of 2\) …[\s\S]*built jaeger \(2 of 2\) in \d+ s/);
    said = [];
    await install({ FAKE_FAILS: '1' });
    expect(said).toEqual([]);
  });

  test('builds a program again that is not as it was built', async () => {
    const { jaeger } = await install();
    await truncate(jaeger, 1);
    await install();
    expect(readFileSync(jaeger, 'utf8')).toBe('built\n');
    expect(said.filter((line) => line.startsWith('built '))).toEqual([
      expect.stringContaining('promtool (1 of 2)'),
      expect.stringContaining('jaeger (2 of 2)'),
      expect.stringContaining('jaeger (1 of 1)'),
    ]);
  });

  test('fails with what Go said and where the log is, and leaves nothing half built', async () => {
    await expect(install({ FAKE_FAILS: '1' })).rejects.toThrow(/no such package[\s\S]*install\.log/);
    const folder = installFolder(env);
    expect(readdirSync(join(folder, 'bin'))).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('building-'))).toEqual([]);
  });

  test('stops at once when it is told to, and the next run goes on', async () => {
    const stop = new AbortController();
    const stopped = install({ FAKE_HANGS: '1' }, stop.signal);
    setTimeout(() => stop.abort(new Error('stopped')), 500);
    const startedAt = Date.now();
    await expect(stopped).rejects.toThrow('stopped');
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    const { jaeger } = await install();
    expect(existsSync(jaeger)).toBe(true);
  });

  test('says that Go is missing', async () => {
    await rm(join(root, 'go'));
    await expect(install({ PATH: root })).rejects.toThrow('Go is missing');
  });
});
