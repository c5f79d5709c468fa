import { afterEach, expect, test } from '@jest/globals';
import { TelemetryManager } from '../../src/index.ts';
import { recordingFolder } from '../support/recorded.ts';

// Deno throws where a program does what it may not do, or asks the user at the terminal. Without `--allow-sys` nothing was
// recorded, and without `--allow-env` the manager threw.

const { env } = process;
afterEach(() => {
  process.env = env;
  Reflect.deleteProperty(globalThis, 'Deno');
});

function deny(denied: string): void {
  const querySync = ({ name }: { name: string }) => ({ state: name === denied ? 'prompt' : 'granted' });
  Object.defineProperty(globalThis, 'Deno', { value: { permissions: { querySync } }, configurable: true });
}

test('where the name of the host may not be told, everything else is recorded', async () => {
  deny('sys');
  const folder = recordingFolder();
  const telemetry = new TelemetryManager({ exporterType: 'file', exporterEndpoint: folder.dir });
  telemetry.startActiveSpan('look up', {}, () => {});
  await telemetry.shutdown();
  const [resource] = folder.lines('traces').map((line: any) => line.resourceSpans[0].resource);
  const names = resource.attributes.map(({ key }: { key: string }) => key);
  expect(names).toContain('process.pid');
  expect(names).not.toContain('host.name');
  folder.remove();
});

test('where the environment may not be read, its variables count as unset', () => {
  deny('env');
  process.env = new Proxy(env, {
    get: () => {
      throw new Error('NotCapable: Requires env access');
    },
  });
  expect(() => new TelemetryManager()).not.toThrow();
});
