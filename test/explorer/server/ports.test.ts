import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { startUi } from '../../../src/explorer/server/start.ts';
import { NOW, otlpLine, requestSpan, withRecording } from '../support.ts';
import { ask, DEFAULTS, type UiTestOptions, withUi } from './support.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('a port', () => {
  test('that is named and in use is an error that says what to do', async () => {
    await withTaken(0, async (port) => {
      await expect(start({ port })).rejects.toMatchObject({
        name: 'UnavailableError',
        message: `port ${port} is in use: give another one with --port, or --port 0 for any`,
      });
      await expect(start({ otlpPort: port })).rejects.toMatchObject({
        name: 'UnavailableError',
        message: `port ${port} is in use: give another one with --otlp-port, or --no-otlp`,
      });
    });
  });

  test('of the page, where none is named, is the next that is free', async () => {
    await withTaken(4319, async () => {
      await withUi(
        async ({ ui, said }) => {
          const port = Number(new URL(ui.url).port);
          expect(port).toBeGreaterThan(4319);
          expect(port).toBeLessThanOrEqual(4329);
          expect(said).toEqual([`mcp-sessionscope: port 4319 is in use: the page is at ${port}\n`]);
        },
        { port: undefined },
      );
    });
  });

  test('of OTLP, where none is named and 4318 is in use, is the one of the page', async () => {
    await withTaken(4318, async () => {
      await withUi(
        async ({ ui, ask: askPage, said }) => {
          const problem = `port 4318 is in use, by a collector perhaps: OTLP is received at ${ui.url} instead`;
          expect(ui).toMatchObject({ otlpUrl: ui.url, otlpProblem: problem });
          expect(said).toEqual([`mcp-sessionscope: ${problem}\n`]);
          expect((await askPage('/api/state')).json).toMatchObject({ otlpUrl: ui.url, otlpProblem: problem });
          const body = otlpLine([requestSpan(1)]);
          expect((await askPage('/v1/traces', { method: 'POST', headers: JSON_TYPE, body })).status).toBe(
            200,
          );
        },
        { otlpPort: undefined, files: {} },
      );
    });
  });
});

describe('OTLP', () => {
  test('arrives by its own port and by that of the page, and shows', async () => {
    await withUi(
      async ({ ui, ask: askPage }) => {
        const send = (url: string, id: string) =>
          ask(`${url}/v1/traces`, {
            method: 'POST',
            headers: JSON_TYPE,
            body: otlpLine([requestSpan(1, { 'mcp.client.session.id': id })]),
          });
        expect(ui.otlpUrl).not.toBe(ui.url);
        expect((await send(ui.otlpUrl as string, 'one')).status).toBe(200);
        expect((await send(ui.url, 'two')).status).toBe(200);
        await ui.store.refresh();
        const { json } = await askPage('/api/sessions?sort=session&order=asc');
        expect(json.rows.map(({ id }: { id: string }) => id)).toEqual(['one', 'two']);
        const wrong = await ask(`${ui.otlpUrl}/api/state`);
        expect(wrong.status).toBe(404);
        expect(wrong.body).toContain('/v1/traces');
      },
      { files: {} },
    );
  });

  test('is not received where that is turned off', async () => {
    await withUi(
      async ({ ui, ask: askPage }) => {
        expect(ui.otlpUrl).toBeUndefined();
        const { json: state } = await askPage('/api/state');
        expect(state).not.toHaveProperty('otlpUrl');
        expect(state).not.toHaveProperty('otlpProblem');
        const { status, json } = await askPage('/v1/traces', {
          method: 'POST',
          headers: JSON_TYPE,
          body: '{}',
        });
        expect(status).toBe(404);
        expect(json.error).toContain('--no-otlp');
      },
      { receives: false },
    );
  });
});

describe('a host', () => {
  test('that is not an address of this machine is an error', async () => {
    await expect(start({ host: '192.0.2.1' })).rejects.toMatchObject({
      name: 'UnavailableError',
      message: expect.stringContaining('192.0.2.1 is not an address of this machine'),
    });
  });

  test('may be localhost', async () => {
    await withUi(
      async ({ ask: askPage }) => {
        expect((await askPage('/api/state')).status).toBe(200);
      },
      { host: 'localhost' },
    );
  });
});

test('a file is no folder to show', async () => {
  await withRecording({ 'a.traces.jsonl': 'x' }, async (dir) => {
    await expect(start({ dir: `${dir}/a.traces.jsonl` })).rejects.toMatchObject({
      name: 'UnavailableError',
      message: expect.stringContaining('is a file: name its folder with --dir'),
    });
  });
});

test('a folder that is not there yet is shown as empty, and followed once it is there', async () => {
  await withRecording({}, async (dir) => {
    await withUi(
      async ({ ui, ask: askPage }) => {
        expect((await askPage('/api/state')).json).toMatchObject({ sessions: 0, spans: 0 });
        const body = otlpLine([requestSpan(1)]);
        expect((await askPage('/v1/traces', { method: 'POST', headers: JSON_TYPE, body })).status).toBe(200);
        await ui.store.refresh();
        expect((await askPage('/api/state')).json).toMatchObject({ sessions: 1, spans: 1 });
      },
      { dir: `${dir}/not/yet` },
    );
  });
});

async function start(options: UiTestOptions): Promise<void> {
  const io = { stderr: { write: () => {} }, now: () => NOW, pageDir: '' };
  await withRecording({}, async (dir) => {
    const ui = await startUi({ ...DEFAULTS, dir, ...options }, io);
    await ui.close();
  });
}

/** Holds a port; where something else holds it already, that will do. */
async function withTaken(port: number, run: (port: number) => Promise<void>): Promise<void> {
  const server = net.createServer();
  server.listen(port, '127.0.0.1');
  const isOurs = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  try {
    await run(isOurs ? (server.address() as net.AddressInfo).port : port);
  } finally {
    if (isOurs) await new Promise((resolve) => server.close(resolve));
  }
}
