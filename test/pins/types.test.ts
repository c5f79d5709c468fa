import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  type AuthConfig,
  type ExporterAuth,
  installShutdownHooks,
  instrumentServer,
  type ObservabilityInstance,
  type ShutdownHookOptions,
  type TelemetryConfig,
  TelemetryManager,
} from '../../src/index.ts';
import { v1Server } from '../support/v1.ts';

// What these hold is held by the compiler, which `npm test` runs first; the values only keep them honest.

test('the type names of other packages stand for ours', async () => {
  const exporterAuth: AuthConfig = { type: 'bearer', token: 'abc' } satisfies ExporterAuth;
  const instance: ObservabilityInstance = instrumentServer(v1Server(), {
    exporterType: 'none',
    exporterAuth,
  });
  const manager: TelemetryManager = instance;
  await manager.shutdown();
  expect(instance.isShutdown).toBe(true);
});

/** Every optional field of a type, given and left undefined, as `process.env.X` can be. */
type Unset<T> = { [K in keyof T as undefined extends T[K] ? K : never]-?: undefined };

const unset = <T extends object>(...fields: (keyof Unset<T>)[]): Unset<T> =>
  Object.fromEntries(fields.map((field) => [field, undefined])) as Unset<T>;

test('an option may be undefined, with exactOptionalPropertyTypes too', async () => {
  const config: TelemetryConfig = {
    ...unset<TelemetryConfig>('serverName', 'exporterEndpoint', 'exporterAuth', 'sessionKey'),
    exporterType: 'none',
  };
  const manager = new TelemetryManager(config);
  const options: ShutdownHookOptions = unset<ShutdownHookOptions>('signals', 'beforeExit');
  installShutdownHooks(manager, options)();
  const auth: ExporterAuth = { ...unset<ExporterAuth>('apiKey', 'username'), type: 'bearer', token: 'abc' };
  await new TelemetryManager({ ...config, exporterAuth: auth }).shutdown();
  await manager.shutdown();
});

test('the public types need no types of Node', () => {
  for (const file of [
    'index.ts',
    'sdk/types.ts',
    'sdk/instrument-server.ts',
    'sdk/instrument-client.ts',
    'sdk/shutdown/options.ts',
  ]) {
    const source = readFileSync(join(__dirname, '../../src', file), 'utf8');
    expect(source).not.toMatch(/\bNodeJS\.|\bBuffer\b/);
  }
});
