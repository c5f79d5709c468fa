import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { otlpLine, requestSpan } from '../support.ts';
import { ask, withUi } from './support.ts';

const TOKEN = 'a-token-of-24-characters';
const JSON_TYPE = { 'content-type': 'application/json' };

describe('the Host header', () => {
  test.each(['localhost', 'localhost:1234', '127.0.0.1', '[::1]:4319', 'LOCALHOST'])(
    '%s is answered',
    async (host) => {
      await withUi(async ({ ask }) => {
        expect((await ask('/api/state', { headers: { host } })).status).toBe(200);
      });
    },
  );

  test.each([
    'evil.example',
    'evil.example:4319',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '10.0.0.1',
    '0.0.0.0',
    '[::]',
  ])('%s is not, on any port and path: a name that points here is not ours', async (host) => {
    await withUi(async ({ ask: askPage, ui }) => {
      for (const path of ['/', '/page.js', '/api/state', '/api/changes', '/v1/traces', '/nothing']) {
        expect((await askPage(path, { headers: { host } })).status).toBe(421);
      }
      const otlp = await ask(`${ui.otlpUrl}/v1/traces`, {
        method: 'POST',
        headers: { host, ...JSON_TYPE },
        body: '{}',
      });
      expect(otlp.status).toBe(421);
      expect(otlp.json.error).toContain('use localhost, or start with --host');
    });
  });

  test.each([':4319', 'local host', 'localhost:http', 'localhost@evil.example', 'a,b'])(
    "'%s' is no host name",
    async (host) => {
      await withUi(async ({ ask }) => {
        expect((await ask('/api/state', { headers: { host } })).status).toBe(400);
      });
    },
  );

  test('must be there', async () => {
    await withUi(async ({ ui }) => {
      const socket = net.connect(Number(new URL(ui.url).port), '127.0.0.1');
      socket.end('GET /api/state HTTP/1.0\r\n\r\n');
      socket.setEncoding('utf8');
      const [head] = await once(socket, 'data');
      expect(head).toMatch(/^HTTP\/1\.1 400 /);
      socket.destroy();
    });
  });
});

describe('the Origin header', () => {
  test('of our own page is answered', async () => {
    await withUi(async ({ ask, ui }) => {
      expect((await ask('/api/state', { headers: { origin: ui.url } })).status).toBe(200);
      const forwarded = { host: 'localhost:9000', origin: 'http://localhost:9000' };
      expect((await ask('/api/state', { headers: forwarded })).status).toBe(200);
    });
  });

  test.each([
    'http://evil.example',
    'http://localhost:3000',
    'http://127.0.0.1',
    'null',
    'file://',
    'chrome-extension://abc',
  ])('%s is not, on any port, and gets no leave to read', async (origin) => {
    await withUi(async ({ ask: askPage, ui }) => {
      for (const path of ['/', '/api/state', '/api/changes']) {
        const { status, headers } = await askPage(path, { headers: { origin } });
        expect(status).toBe(403);
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
      const body = otlpLine([requestSpan(1)]);
      for (const url of [`${ui.url}/v1/traces`, `${ui.otlpUrl}/v1/traces`]) {
        expect((await ask(url, { method: 'POST', headers: { origin, ...JSON_TYPE }, body })).status).toBe(
          403,
        );
        expect((await ask(url, { method: 'OPTIONS', headers: { origin } })).status).toBe(403);
      }
    });
  });
});

describe('what a browser says of the site that asks', () => {
  test.each(['cross-site', 'same-site'])('%s is refused for data, and may open the page', async (site) => {
    await withUi(async ({ ask }) => {
      const headers = { 'sec-fetch-site': site };
      expect((await ask('/api/state', { headers })).status).toBe(403);
      expect(
        (await ask('/v1/traces', { method: 'POST', headers: { ...headers, ...JSON_TYPE } })).status,
      ).toBe(403);
      expect((await ask('/', { headers })).status).toBe(200);
    });
  });

  test.each(['same-origin', 'none'])('%s is answered', async (site) => {
    await withUi(async ({ ask }) => {
      expect((await ask('/api/state', { headers: { 'sec-fetch-site': site } })).status).toBe(200);
    });
  });
});

describe('what changes something', () => {
  test.each(['POST', 'DELETE'])(
    '%s needs JSON or our own origin: a form of any page can send neither',
    async (method) => {
      await withUi(async ({ ask, ui }) => {
        for (const type of [
          'text/plain',
          'application/x-www-form-urlencoded',
          'multipart/form-data',
          'application/jsonp',
        ]) {
          expect((await ask('/api/demo', { method, headers: { 'content-type': type } })).status).toBe(403);
        }
        expect((await ask('/api/demo', { method })).status).toBe(403);
        expect((await ask('/api/demo', { method, headers: JSON_TYPE })).status).not.toBe(403);
        expect((await ask('/api/demo', { method, headers: { origin: ui.url } })).status).not.toBe(403);
      });
    },
  );
});

describe('a token', () => {
  test('is what every request needs where one is set: as a bearer, or as the cookie that the page gets for it', async () => {
    await withUi(
      async ({ ask: askPage, ui }) => {
        const bearer = { authorization: `Bearer ${TOKEN}` };
        for (const path of ['/', '/page.js', '/api/state', '/api/changes', '/v1/traces']) {
          const { status, headers, body } = await askPage(path);
          expect(status).toBe(401);
          expect(headers['www-authenticate']).toMatch(/^Bearer/);
          expect(body).toContain('?token=TOKEN');
        }
        expect(await askPage('/api/state', { headers: bearer })).toMatchObject({
          status: 200,
          json: { otlpNeedsToken: true },
        });
        const send = (headers: Record<string, string>) =>
          ask(`${ui.otlpUrl}/v1/traces`, {
            method: 'POST',
            headers: { ...headers, ...JSON_TYPE },
            body: otlpLine([requestSpan(1)]),
          });
        expect((await send({})).status).toBe(401);
        expect((await send(bearer)).status).toBe(200);
      },
      { token: TOKEN },
    );
  });

  test('in the address becomes a cookie of this host and port, and leaves the address', async () => {
    await withUi(
      async ({ ask, ui }) => {
        const login = await ask(`/?tab=tools&token=${TOKEN}&q=a%26b`);
        expect(login).toMatchObject({ status: 303, headers: { location: '/?tab=tools&q=a%26b' } });
        const [cookie] = login.headers['set-cookie'] as string[];
        expect(cookie).toMatch(
          new RegExp(
            `^mcp-sessionscope-${new URL(ui.url).port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`,
          ),
        );
        expect(cookie).not.toContain(TOKEN);
        const kept = (cookie as string).split(';')[0] as string;
        expect((await ask('/api/state', { headers: { cookie: `a=b; ${kept}; c=d` } })).status).toBe(200);
        expect((await ask('/', { headers: { cookie: kept } })).status).toBe(200);
        expect((await ask(`/?token=${TOKEN}`)).headers['location']).toBe('/');
      },
      { token: TOKEN },
    );
  });

  test.each([
    ['another token', { authorization: 'Bearer another-token-of-24-char' }],
    ['a part of it', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['no bearer', { authorization: `Basic ${TOKEN}` }],
    ['the token as the cookie', { cookie: `mcp-sessionscope-4319=${TOKEN}` }],
    ['an empty cookie', { cookie: 'mcp-sessionscope-4319=' }],
  ])('%s is 401', async (_, headers: Record<string, string>) => {
    await withUi(
      async ({ ask, ui }) => {
        const own = new URL(ui.url).port;
        const sent = Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, value.replace('4319', own)]),
        );
        expect((await ask('/api/state', { headers: sent })).status).toBe(401);
      },
      { token: TOKEN },
    );
  });

  test('that is wrong in the address gives no cookie; elsewhere than on the page it is no parameter', async () => {
    await withUi(
      async ({ ask }) => {
        const { status, headers } = await ask('/?token=another-token-of-24-char');
        expect(status).toBe(401);
        expect(headers['set-cookie']).toBeUndefined();
        expect((await ask(`/api/state?token=${TOKEN}`)).status).toBe(401);
      },
      { token: TOKEN },
    );
  });

  test('is not asked of a link that was followed from elsewhere, which gets the page and no data', async () => {
    await withUi(
      async ({ ask }) => {
        const headers = { 'sec-fetch-site': 'cross-site' };
        expect((await ask('/', { headers })).status).toBe(200);
        expect((await ask('/api/state', { headers })).status).toBe(403);
      },
      { token: TOKEN },
    );
  });

  test('does not open the door to other names where one address is listened to', async () => {
    await withUi(
      async ({ ask }) => {
        const headers = { authorization: `Bearer ${TOKEN}`, host: 'evil.example' };
        expect((await ask('/api/state', { headers })).status).toBe(421);
      },
      { token: TOKEN },
    );
  });
});

describe('listening for everybody', () => {
  test('answers by any address', async () => {
    await withUi(
      async ({ ask, ui }) => {
        const headers = { authorization: `Bearer ${TOKEN}` };
        expect(ui.url).toMatch(/^http:\/\/localhost:\d+$/);
        for (const host of ['192.168.1.7:4319', '[fe80::1]', 'localhost']) {
          expect((await ask('/api/state', { headers: { ...headers, host } })).status).toBe(200);
        }
      },
      { token: TOKEN, host: '0.0.0.0' },
    );
  });
});

describe('every answer', () => {
  test('keeps others from framing, guessing and reading it', async () => {
    await withUi(async ({ ask }) => {
      for (const path of [
        '/',
        '/page.js',
        '/api/state',
        '/nothing',
        '/api/session/export?id=s&as=markdown',
        '/v1/logs',
      ]) {
        expect((await ask(path)).headers).toMatchObject({
          'content-security-policy':
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
        });
      }
    });
  });
});

describe('a request that is too large', () => {
  test('by its head is refused', async () => {
    await withUi(async ({ ask }) => {
      expect((await ask(`/api/sessions?q=${'x'.repeat(40_000)}`)).status).toBe(431);
    });
  });
});
