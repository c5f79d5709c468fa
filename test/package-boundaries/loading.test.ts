import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { built, ensureBuilt } from '../support/built.ts';

beforeAll(ensureBuilt, 60_000);

/** Loads the built package, runs `then`, and lists the files that were loaded as CommonJS: the SDK is. */
async function loadedBy(load: string, then: string): Promise<string[]> {
  const script = `
    (async () => {
      const scope = await ${load};
      ${then}
      console.log(JSON.stringify(Object.keys(require('node:module')._cache)));
    })();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
    env: { PATH: process.env['PATH'], OTEL_SDK_DISABLED: 'false' },
  });
  return JSON.parse(stdout);
}

const isSdk = (path: string): boolean => /[\\/]sdk\.cjs$|@opentelemetry[\\/](?!api[\\/])/.test(path);

test.each([
  ['ESM', `import(${JSON.stringify(built.esm)})`],
  ['CommonJS', `require(${JSON.stringify(built.cjs)})`],
])('importing the package as %s, or making a manager, loads no SDK; recording does', async (_, load) => {
  const [imported, made, off, used] = await Promise.all([
    loadedBy(load, ''),
    loadedBy(load, 'new scope.TelemetryManager()'),
    loadedBy(load, 'new scope.TelemetryManager({ exporterType: "none" }).tracer'),
    loadedBy(load, 'new scope.TelemetryManager({ exporterType: "console" }).tracer'),
  ]);
  expect(imported.filter(isSdk)).toEqual([]);
  expect(made.filter(isSdk)).toEqual([]);
  expect(off.filter(isSdk)).toEqual([]);
  // It is built into one file.
  expect(used.filter(isSdk).map((path) => basename(path))).toEqual(['sdk.cjs']);
});
