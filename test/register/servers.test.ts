import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { killChildren } from '../support/child.ts';
import type { RecordingFolder } from '../support/recorded.ts';
import {
  bundle,
  programFile,
  REGISTER,
  REGISTER_PATH,
  serverText,
  spanNames,
  VISITED,
  visitBoth,
} from './support.ts';

beforeAll(ensureBuilt, 60_000);

let recordings: RecordingFolder[] = [];
afterEach(() => {
  killChildren();
  for (const recording of recordings) recording.remove();
  recordings = [];
});

async function observe(...args: Parameters<typeof visitBoth>) {
  const both = await visitBoth(...args);
  recordings.push(both.recording);
  return both;
}

const KINDS = [
  { kind: 'packages beside it', options: { packages: 'external' } },
  { kind: 'its packages bundled', options: {} },
  { kind: 'its packages bundled and minified', options: { minify: true } },
  { kind: 'its packages bundled, minified, and older syntax', options: { minify: true, target: 'es2016' } },
] as const;

const CASES = (['v1', 'v2'] as const).flatMap((sdk) =>
  (['esm', 'cjs'] as const).flatMap((format) => KINDS.map((kind) => ({ sdk, format, ...kind }))),
);

describe('a server that knows nothing of telemetry', () => {
  test.each(CASES)('of $sdk as $format with $kind is observed', async ({ sdk, format, options }) => {
    const program = await bundle(serverText(sdk), { format, ...options });
    const { bare, observed, recording } = await observe(program);
    expect(observed).toEqual(bare);
    expect(observed).toMatchObject({ code: 0, stderr: '' });
    expect(spanNames(recording)).toEqual(VISITED);
    const [span] = recording.spans();
    expect(span?.resource).toMatchObject({ 'service.name': 'weather', 'service.version': '1.2.3' });
    // The exception shows in the server that the application has, not in the one beneath it.
    const failed = recording.spans().find(({ name }) => name === 'tools/call fail');
    expect(failed?.attributes).toMatchObject({ 'error.type': 'tool_error', 'exception.type': 'RangeError' });
  });

  test('is observed by NODE_OPTIONS, and by --require', async () => {
    const program = await bundle(serverText('v1'), { format: 'cjs' });
    const byEnvironment = await observe(program, {
      nodeOptions: [],
      env: { NODE_OPTIONS: `--import ${REGISTER}` },
    });
    expect(spanNames(byEnvironment.recording)).toEqual(VISITED);
    const byRequire = await observe(program, { nodeOptions: ['--require', REGISTER_PATH] });
    expect(spanNames(byRequire.recording)).toEqual(VISITED);
    expect(byRequire.observed.stdout).toBe(byRequire.bare.stdout);
  });

  test('is observed once where register is asked for twice', async () => {
    const program = programFile('server.mjs', serverText('v1'));
    const { observed, recording } = await observe(program, {
      nodeOptions: ['--import', REGISTER],
      env: { NODE_OPTIONS: `--import ${REGISTER}` },
    });
    expect(observed).toMatchObject({ code: 0, stderr: '' });
    expect(spanNames(recording)).toEqual(VISITED);
  });

  test('is not observed where OTEL_SDK_DISABLED says so', async () => {
    const program = programFile('server.mjs', serverText('v1'));
    const { bare, observed, recording } = await observe(program, { env: { OTEL_SDK_DISABLED: 'true' } });
    expect(observed).toEqual(bare);
    expect(recording.names()).toEqual([]);
  });
});
