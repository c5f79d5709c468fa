import { afterEach, expect, test } from '@jest/globals';
import type { LoggingMessageNotification } from '@modelcontextprotocol/sdk/types.js';
import { closeRecordings, record } from '../../support/recording.ts';
import { until } from '../../support/until.ts';
import { connectV1, v1Server } from '../../support/v1.ts';

afterEach(closeRecordings);

/** What a span tells of a message that a server sends. */
async function recordedOf(config: object, params: LoggingMessageNotification['params']) {
  const { telemetry, spans } = record(config);
  const server = v1Server();
  telemetry.instrument(server);
  await connectV1(server);
  await server.server.sendLoggingMessage(params);
  const named = () => spans().find(({ name }) => name === 'notifications/message');
  await until(() => named() !== undefined, 'the span');
  const { attributes } = named()!;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name.startsWith('mcp.log.')));
}

test('a log message to the client is recorded with its level and logger, redacted, and without its text', async () => {
  const params = { level: 'error', logger: 'jane@example.com', data: 'it broke' } as const;
  expect(await recordedOf({}, params)).toEqual({
    'mcp.log.level': 'error',
    'mcp.log.logger': '[REDACTED:email]',
  });
});

test('its text is recorded where results are, redacted and cut', async () => {
  const config = { enableResultCollection: true, maxAttributeLength: 30 };
  expect(
    await recordedOf(config, { level: 'info', data: `write to jane@example.com ${'x'.repeat(99)}` }),
  ).toEqual({
    'mcp.log.level': 'info',
    'mcp.log.data': 'write to [REDACTED:email] xxx…',
  });
  expect(await recordedOf(config, { level: 'debug', data: { password: 'hunter2' } })).toEqual({
    'mcp.log.level': 'debug',
    'mcp.log.data': '{"password":"[REDACTED]"}',
  });
});

test('a level that no specification has is none of them', async () => {
  const odd = { level: 'x'.repeat(10_000), logger: 'l'.repeat(10_000), data: null };
  const recorded = await recordedOf({}, odd as never);
  expect(recorded['mcp.log.level']).toBe('_OTHER');
  expect(String(recorded['mcp.log.logger']).length).toBeLessThanOrEqual(256);
});
