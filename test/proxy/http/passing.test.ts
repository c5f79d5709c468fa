import { once } from 'node:events';
import http, { type IncomingMessage, type RequestListener } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { selfSigned } from '../../support/certificates.ts';
import { closeHosts, type Host, listen } from '../../support/http-v1.ts';
import { closeRecordings } from '../../support/recording.ts';
import { gate, until } from '../../support/until.ts';
import { ask, closeProxies, INITIALIZE, JSON_HEADERS, proxied } from './support.ts';

afterEach(closeProxies);
afterEach(closeHosts);
afterEach(closeRecordings);

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: http.IncomingHttpHeaders;
}

/** A server that answers each request with what it has seen of it. */
async function mirror(): Promise<Host> {
  return listen((request, response) => {
    const { method, url, headers } = request;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method, url, headers } satisfies Seen));
  });
}

async function seenThrough(
  options: Parameters<typeof ask>[1],
  { path = '/mcp', keepsHost = false }: { path?: string; keepsHost?: boolean } = {},
): Promise<Seen & { upstream: URL; proxy: URL }> {
  const host = await mirror();
  const target = new URL(path, host.url);
  const { url } = await proxied(target, { keepsHost });
  const { body } = await ask(url, options);
  return { ...JSON.parse(body), upstream: target, proxy: url };
}

describe('where requests go:', () => {
  test.each([
    ['/', '/mcp?key=1'],
    ['/mcp', '/mcp?key=1'],
    ['/mcp?a=b?c', '/mcp?key=1&a=b?c'],
    ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource/mcp'],
    ['/messages?sessionId=1', '/messages?sessionId=1'],
    ['//evil.example/mcp', '//evil.example/mcp'],
    ['/\\evil.example', '/\\evil.example'],
    ['/@evil.example/', '/@evil.example/'],
    ['/../../mcp', '/../../mcp'],
  ])('%s is asked for as %s at the origin', async (asked, expected) => {
    expect((await seenThrough({ path: asked }, { path: '/mcp?key=1' })).url).toBe(expected);
  });

  test.each(['http://evil.example/mcp', 'https://evil.example', '*'])('%s is refused', async (asked) => {
    const { url } = await proxied((await mirror()).url);
    const { status, body } = await ask(url, { path: asked, method: 'OPTIONS' });
    expect(status).toBe(400);
    expect(body).toContain('ask for a path, such as /mcp');
  });

  test('a redirect is an answer like any other', async () => {
    const host = await listen((_request, response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
    });
    const { url } = await proxied(host.url);
    const { status, headers } = await ask(url, { method: 'POST', body: '{}' });
    expect([status, headers.location]).toEqual([307, 'http://127.0.0.1:1/']);
  });

  test('a tunnel is refused', async () => {
    const { url } = await proxied((await mirror()).url);
    const socket = connect(Number(url.port), url.hostname);
    socket.write('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toMatch(/^HTTP\/1\.1 405 /);
  });

  test('an upgrade is asked for without the upgrade', async () => {
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': 'a' };
    expect((await seenThrough({ headers })).headers).not.toHaveProperty('upgrade');
  });

  test('a page whose name was pointed to this machine is refused', async () => {
    const host = await mirror();
    const { url } = await proxied(host.url);
    const { status, body } = await ask(url, { headers: { host: 'evil.example' } });
    expect(status).toBe(421);
    expect(body).toContain('--keep-host');
    for (const name of ['localhost:1', '[::1]:4320', '127.0.0.1', 'mcp.localhost']) {
      expect((await ask(url, { headers: { host: name } })).status).toBe(200);
    }
  });
});

describe('headers:', () => {
  test('the server gets its own name, and who asks', async () => {
    const { headers, upstream, proxy } = await seenThrough({ headers: { authorization: 'Bearer abc' } });
    expect(headers).toMatchObject({
      host: upstream.host,
      authorization: 'Bearer abc',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': proxy.host,
      forwarded: `for=127.0.0.1;host="${proxy.host}";proto=http`,
    });
  });

  test('what proxies before us have said stays', async () => {
    const sent = {
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'mcp.example',
      forwarded: 'for=192.0.2.1;proto=https',
    };
    const { headers } = await seenThrough({ headers: sent });
    expect(headers).toMatchObject({
      ...sent,
      'x-forwarded-for': '192.0.2.1, 127.0.0.1',
      forwarded: expect.any(String),
    });
    expect(headers.forwarded).toMatch(/^for=192\.0\.2\.1;proto=https, for=127\.0\.0\.1;/);
  });

  test('an origin that is ours becomes the server’s; that of a page is the page’s', async () => {
    const host = await mirror();
    const { url } = await proxied(host.url);
    const originFor = async (origin: string): Promise<unknown> =>
      JSON.parse((await ask(url, { headers: { origin } })).body).headers.origin;
    expect(await originFor(url.origin)).toBe(host.url.origin);
    expect(await originFor('http://localhost:6274')).toBe('http://localhost:6274');
  });

  test('where the host is kept, the server judges it', async () => {
    const headers = { host: 'mcp.example', origin: 'http://mcp.example' };
    expect((await seenThrough({ headers }, { keepsHost: true })).headers).toMatchObject(headers);
  });

  test('what says where a message ends stays, whatever is said of it', async () => {
    const seen: (string | undefined)[] = [];
    const host = await listen(async (request, response) => {
      seen.push(request.url);
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      response.end(Buffer.concat(chunks));
    });
    const { url } = await proxied(host.url);
    const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n';
    const headers = { connection: 'content-length, transfer-encoding', 'content-length': hidden.length };
    expect((await ask(url, { method: 'GET', headers, body: hidden })).body).toBe(hidden);
    const chunked = { connection: 'content-length, transfer-encoding', 'transfer-encoding': 'chunked' };
    expect((await ask(url, { method: 'GET', headers: chunked, body: hidden })).body).toBe(hidden);
    expect(seen).toEqual(['/mcp', '/mcp']);
  });

  test('what is about one connection is not passed on', async () => {
    const headers = {
      connection: 'keep-alive, x-mine',
      'x-mine': '1',
      te: 'trailers',
      'proxy-authorization': 'a',
      'x-other': '2',
    };
    const seen = (await seenThrough({ headers })).headers;
    for (const name of ['x-mine', 'te', 'proxy-authorization']) expect(seen).not.toHaveProperty(name);
    expect(seen).toMatchObject({ 'x-other': '2', connection: 'keep-alive' });
  });
});

describe('streams:', () => {
  test('the headers of a stream and each of its events arrive before the next event is sent', async () => {
    const said = [gate(), gate()];
    const host = await listen(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      for (const [i, { opened }] of said.entries()) {
        await opened;
        response.write(`data: ${i}\n\n`);
      }
    });
    const { url } = await proxied(host.url);
    const sent = http.get(url, { headers: { accept: 'text/event-stream' } });
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.setEncoding('utf8');
    for (const [i, { open }] of said.entries()) {
      open();
      expect(await once(answer, 'data')).toEqual([`data: ${i}\n\n`]);
    }
    sent.destroy();
  });

  test('a client that hangs up ends the request to the server, before the answer and within it', async () => {
    const come: string[] = [];
    const gone: string[] = [];
    const host = await listen((request, response) => {
      come.push(request.url ?? '');
      response.once('close', () => gone.push(request.url ?? ''));
      if (request.url === '/within') response.writeHead(200).write('a');
    });
    const { url } = await proxied(host.url);
    const before = http.get(new URL('/before', url)).on('error', () => {});
    await until(() => come.includes('/before'), 'the request');
    const within = http.get(new URL('/within', url));
    await once(within, 'response');
    within.destroy();
    before.destroy();
    await until(() => gone.length === 2, 'both ends');
  });

  test('a server that hangs up within its answer ends the answer', async () => {
    const host = await listen((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      setImmediate(() => response.destroy());
    });
    const { url } = await proxied(host.url);
    await expect(ask(url, { method: 'POST', body: '{}', headers: JSON_HEADERS })).rejects.toThrow('aborted');
  });

  test.each(['application/json', 'text/event-stream'])(
    'bodies of 10 MB come as they were sent, as %s too, and are read',
    async (type) => {
      const text = 'ä'.repeat(5_000_000);
      const host = await listen(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const { id, params } = JSON.parse(Buffer.concat(chunks).toString());
        const answer = JSON.stringify({ jsonrpc: '2.0', id, result: params });
        response.writeHead(200, { 'content-type': type });
        response.end(type === 'application/json' ? answer : `data: ${answer}\n\n`);
      });
      const proxy = await proxied(host.url);
      const body = JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'echo', text },
      });
      const answer = await ask(proxy.url, { method: 'POST', body, headers: JSON_HEADERS });
      expect(JSON.parse(answer.body.replace(/^data: /, '')).result.text).toBe(text);
      const { attributes } = await until(() => proxy.named('tools/call echo')[0], 'the span');
      expect(attributes['mcp.request.size']).toBe(Buffer.byteLength(body));
      expect(attributes['mcp.response.size']).toBeGreaterThan(10_000_000);
    },
  );
});

describe('a server that cannot be reached:', () => {
  test('the client is told what to do, in plain text; so is whoever started the proxy, once', async () => {
    const closed = await listen(() => {});
    await closed.close();
    const { url, said } = await proxied(closed.url);
    for (let i = 0; i < 2; i += 1) {
      const { status, headers, body } = await ask(url, { method: 'POST', body: '{}', headers: JSON_HEADERS });
      expect(status).toBe(502);
      expect(headers['content-type']).toMatch(/^text\/plain/);
      expect(body).toMatch(
        /^mcp-sessionscope proxy: nothing listens at 127\.0\.0\.1:\d+ \(connection refused\)/,
      );
    }
    expect(said).toHaveLength(1);
  });

  test('a certificate that nobody has signed is told, with what makes it trusted', async () => {
    const server = https.createServer(selfSigned(), (_request, response) => void response.end('never'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { url } = await proxied(new URL(`https://localhost:${(server.address() as AddressInfo).port}/mcp`));
    const { status, body } = await ask(url);
    expect(status).toBe(502);
    expect(body).toMatch(/is self-signed .*NODE_EXTRA_CA_CERTS=FILE/);
    server.close();
  });

  test('one that speaks no HTTP is told', async () => {
    const server = https.createServer(selfSigned(), () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { url } = await proxied(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`));
    const { status, body } = await ask(url);
    expect(status).toBe(502);
    expect(body).toContain('Look at the address after --to');
    server.close();
  });
});

test('what is no MCP passes, and leaves nothing behind', async () => {
  const secret = 'client_secret=abc';
  const echo: RequestListener = (request, response) => void request.pipe(response.writeHead(200));
  const proxy = await proxied((await listen(echo)).url);
  const form = {
    method: 'POST',
    path: '/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  };
  expect((await ask(proxy.url, { ...form, body: secret })).body).toBe(secret);
  const json = { method: 'POST', path: '/register', headers: JSON_HEADERS, body: '{"client_name":"a"}' };
  expect((await ask(proxy.url, json)).body).toBe(json.body);
  expect((await ask(proxy.url, { ...json, body: '{"jsonrpc":' })).body).toBe('{"jsonrpc":');
  expect(proxy.spans()).toEqual([]);
});

test('a request that the server refuses for want of a token is not recorded', async () => {
  const host = await listen((_request, response) => {
    response.writeHead(401, { 'www-authenticate': 'Bearer' }).end('{"error":"invalid_token"}');
  });
  const proxy = await proxied(host.url);
  const body = JSON.stringify(INITIALIZE);
  const { status, headers } = await ask(proxy.url, { method: 'POST', headers: JSON_HEADERS, body });
  expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
  expect(proxy.spans()).toEqual([]);
  expect(proxy.telemetry.activeSessions()).toEqual([]);
});
