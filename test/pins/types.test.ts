import { expect, test } from '@jest/globals';
import {
  type AuthConfig,
  type ExporterAuth,
  instrumentServer,
  type ObservabilityInstance,
  type TelemetryManager,
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
