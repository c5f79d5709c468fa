import { afterEach, describe, expect, test } from '@jest/globals';
import { closeRecordings, type Recording, record } from '../../support/recording.ts';
import { connectV1, v1Server } from '../../support/v1.ts';

afterEach(closeRecordings);

const CARD = '4111 1111 1111 1111';

/** The attributes of a span of one's own, without the id of the process. */
function spanAttributes({ telemetry, one }: Recording, attributes: object): Record<string, unknown> {
  telemetry.startActiveSpan('own', attributes as Record<string, string>, () => {});
  const { 'mcp.session.id': id, ...rest } = one('own').attributes;
  expect(id).toBe(telemetry.sessionId);
  return rest;
}

async function pointAttributes({ telemetry, points }: Recording, attributes: object) {
  telemetry.getIncrementCounter('own')(1, attributes as Record<string, string>);
  telemetry.getHistogram('own.size')(1, attributes as Record<string, string>);
  const all = [...(await points('own')), ...(await points('own.size'))].map((point) => point.attributes);
  expect(all).toHaveLength(2);
  expect(all[0]).toEqual(all[1]);
  const { 'mcp.session.id': id, ...rest } = all[0] ?? {};
  expect(id).toBe(telemetry.sessionId);
  return rest;
}

const GIVEN = {
  user: 'write to joe@example.com',
  password: 'hunter2',
  'http.request.header.authorization': ['abc', 'def'],
  cards: [`paid with ${CARD}`, 'cash'],
  pin: 1234,
  auth: true,
  rows: 3,
  author: 'Ada',
};
const REDACTED = {
  user: 'write to [REDACTED:email]',
  password: '[REDACTED]',
  'http.request.header.authorization': ['[REDACTED]', '[REDACTED]'],
  cards: ['paid with [REDACTED:card]', 'cash'],
  pin: '[REDACTED]',
  auth: true,
  rows: 3,
  author: 'Ada',
};

describe('attributes of one’s own spans and instruments', () => {
  test('are redacted by key and by value', async () => {
    const recording = record();
    expect(spanAttributes(recording, GIVEN)).toEqual(REDACTED);
    expect(await pointAttributes(recording, GIVEN)).toEqual(REDACTED);
  });

  test('are recorded as they are without redaction', async () => {
    const recording = record({ enablePIISanitization: false });
    expect(spanAttributes(recording, GIVEN)).toEqual(GIVEN);
    expect(await pointAttributes(recording, GIVEN)).toEqual(GIVEN);
  });

  test.each([true, false])('are cut on spans and never on data points, redaction %p', async (sanitize) => {
    const recording = record({ maxAttributeLength: 16, enablePIISanitization: sanitize });
    const long = 'the quick brown fox';
    const cut = 'the quick brown…';
    expect(spanAttributes(recording, { long, list: [long, 'fox'] })).toEqual({
      long: cut,
      list: [cut, 'fox'],
    });
    expect(await pointAttributes(recording, { long })).toEqual({ long });
  });

  test('are redacted before the data processors see them', () => {
    const seen: object[] = [];
    const recording = record({
      dataProcessors: [
        (attributes) => {
          seen.push({ ...attributes });
          return attributes;
        },
      ],
    });
    spanAttributes(recording, { password: 'hunter2' });
    expect(seen.at(-1)).toMatchObject({ password: '[REDACTED]' });
  });

  test('may be left out by a caller without types', async () => {
    const recording = record();
    recording.telemetry.startActiveSpan('own', undefined as any, () => {});
    expect(recording.one('own').ended).toBe(true);
    recording.telemetry.getIncrementCounter('own')(1);
    expect(await recording.points('own')).toHaveLength(1);
  });
});

test('ids of ours are not taken for secrets, whatever they look like', async () => {
  const card = CARD.replaceAll(' ', '');
  const { telemetry, one } = record({ sessionKey: () => card });
  const server = v1Server();
  server.registerTool('work', { inputSchema: {} }, () =>
    telemetry.startActiveSpan('step', {}, () => ({ content: [] })),
  );
  telemetry.instrument(server);
  const { client } = await connectV1(server);
  await client.callTool({ name: 'work', arguments: {} });
  expect(one('step').attributes['mcp.client.session.id']).toBe(card);
});
