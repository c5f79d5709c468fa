import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { removeFolder } from '../../tools/support/remove-folder.ts';
import { v1Server } from '../support/v1.ts';

// A histogram that a module made at its top opened the exporter, before a server had told its name.
test('instruments that are made before the first server do not cost the service its name', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'mcp-sessionscope-'));
  const telemetry = new TelemetryManager({ exporterType: 'file', exporterEndpoint: dir });
  const record = telemetry.getHistogram('shop.order.total');
  const count = telemetry.getIncrementCounter('shop.orders');
  telemetry.instrument(v1Server());
  record(40);
  count(1);
  await telemetry.shutdown();

  const files = await readdir(dir);
  const text = (await Promise.all(files.map((name) => readFile(join(dir, name), 'utf8')))).join('');
  await removeFolder(dir);
  expect(text).toContain('"service.name","value":{"stringValue":"test-server"}');
  expect(text).toContain('"shop.order.total"');
  expect(text).toContain('"shop.orders"');
  expect(text).not.toContain('unknown_service');
});
