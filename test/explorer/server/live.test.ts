import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { observe, setEnvironment, shutDownAll } from '../../sdk/export/support.ts';
import { stderrOf } from '../../support/stderr.ts';
import { ask, withUi } from './support.ts';

beforeEach(() => setEnvironment());
afterEach(shutDownAll);

describe('a real server that sends its telemetry to the page', () => {
  test('has a session that becomes active, gains events, and ends', async () => {
    await withUi(
      async ({ ui, ask: askPage }) => {
        const { client, echo, telemetry } = await observe({ exporterEndpoint: ui.otlpUrl });
        await client.listTools();
        await echo();
        const flushed = async (): Promise<any> => {
          await telemetry.forceFlush();
          await ui.store.refresh();
          const { rows } = (await askPage('/api/sessions?q=test-client')).json;
          expect(rows).toHaveLength(1);
          return rows[0];
        };
        const active = await flushed();
        expect(active).toMatchObject({
          clientName: 'test-client',
          clientVersion: '4.5.6',
          status: 'active',
          calls: 3,
          errors: 0,
          tools: ['echo'],
        });
        await client.callTool({ name: 'fail', arguments: {} });
        expect(await flushed()).toMatchObject({ n: active.n, calls: 4, errors: 1, tools: ['echo', 'fail'] });
        await client.close();
        expect(await flushed()).toMatchObject({ n: active.n, status: 'ended', endReason: 'transport_close' });
        const { json } = await askPage(`/api/session/events?id=${active.id}`);
        expect(json.events.map(({ type }: { type: string }) => type)).toEqual([
          'session start',
          'initialize',
          'notifications/initialized',
          'tools/list',
          'tools/call echo',
          'tools/call fail',
          'session end (transport_close)',
        ]);
        expect(json.events[3].toolNames).toEqual(['echo', 'fail', 'refuse']);
        expect(json.events[5]).toMatchObject({ status: 'error', error: expect.stringContaining('no money') });
        await shutDownAll();
      },
      { files: {}, now: Date.now },
    );
  });

  test('is refused without the token, and taken with it', async () => {
    const token = 'a-token-of-24-characters';
    await withUi(
      async ({ ui }) => {
        const bearer = { headers: { authorization: `Bearer ${token}` } };
        const spans = async (): Promise<number> => {
          await ui.store.refresh();
          return (await ask(`${ui.url}/api/state`, bearer)).json.spans;
        };
        const stranger = await observe({ exporterEndpoint: ui.otlpUrl });
        await stranger.echo();
        const said = await stderrOf(() => stranger.telemetry.shutdown());
        expect(said).toContain('HTTP 401');
        expect(await spans()).toBe(0);
        const known = await observe({
          exporterEndpoint: ui.otlpUrl,
          exporterAuth: { type: 'bearer', token },
        });
        await known.echo();
        await known.telemetry.forceFlush();
        expect(await spans()).toBeGreaterThan(3);
        await shutDownAll();
      },
      { files: {}, token, now: Date.now },
    );
  });
});
