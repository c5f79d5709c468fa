import { afterEach, expect, test } from '@jest/globals';
import { closeRecordings, record } from '../../support/recording.ts';
import { v1Server } from '../../support/v1.ts';
import { wireV1 } from '../../support/wire.ts';

afterEach(closeRecordings);

test('a session whose client’s name is learned late goes down where it went up', async () => {
  const { telemetry, points } = record();
  const server = v1Server();
  telemetry.instrument(server);
  const wire = await wireV1(server);
  wire.request(1, 'ping');
  await wire.initialize();
  await wire.close();
  const active = await points('mcp.server.client_session.active');
  expect(active.map(({ value }) => value)).toEqual([0]);
});
