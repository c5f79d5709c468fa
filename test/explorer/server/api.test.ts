import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { NOW, otlpLine, requestSpan, T0 } from '../support.ts';
import { withUi } from './support.ts';

describe('the API', () => {
  test('says what there is, where it is received, and for which filters', async () => {
    await withUi(async ({ ask, ui, dir }) => {
      const { status, headers, json } = await ask('/api/state');
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(headers['cache-control']).toBe('no-store');
      expect(json).toMatchObject({
        version: '1.2.3',
        dir,
        now: NOW,
        otlpUrl: ui.otlpUrl,
        sessions: 1,
        spans: 6,
        problems: { count: 0, first: [] },
        hasDemo: false,
        clients: ['inspector'],
        tools: ['create_payment', 'refund'],
        range: { from: T0, to: expect.any(Number) },
      });
      expect(json).not.toHaveProperty('otlpProblem');
      expect(json).not.toHaveProperty('otlpNeedsToken');
    });
  });

  test('lists sessions, gives rows by number, and refuses numbers of another epoch', async () => {
    await withUi(async ({ ask }) => {
      const { json: list } = await ask(
        '/api/sessions?q=INSPECTOR&status=ended&errors=1&sort=calls&order=asc',
      );
      expect(list).toMatchObject({ total: 1, order: [expect.any(Number)], rows: [{ id: 's', calls: 4 }] });
      const [n] = list.order;
      const rows = await ask(`/api/sessions/rows?epoch=${list.epoch}&n=${n},9999`);
      expect(rows.json).toEqual({ epoch: list.epoch, now: NOW, rows: list.rows });
      const over = await ask(`/api/sessions/rows?epoch=over&n=${n}`);
      expect(over).toMatchObject({
        status: 409,
        json: { error: expect.stringContaining('ask for the list again') },
      });
      expect((await ask('/api/sessions?status=active')).json).toMatchObject({
        total: 1,
        order: [],
        rows: [],
      });
    });
  });

  test('gives the events of a session page by page', async () => {
    await withUi(async ({ ask }) => {
      const { json: all } = await ask('/api/session/events?id=s');
      expect(all.events.map(({ type }: { type: string }) => type)).toEqual([
        'session start',
        'initialize',
        'tools/list',
        'tools/call create_payment',
        'tools/call create_payment',
        'session end (stdin_eof)',
      ]);
      expect(all).toMatchObject({ total: 6, offset: 0, failures: [3], row: { id: 's' } });
      const { json: some } = await ask('/api/session/events?id=s&offset=2&limit=2');
      expect(some.events).toEqual(all.events.slice(2, 4));
    });
  });

  test('gives tools, who has seen one, and the overview of a range', async () => {
    await withUi(async ({ ask }) => {
      const { json: tools } = await ask(`/api/tools?from=${T0}&to=${NOW}`);
      expect(tools.tools.find(({ name }: { name: string }) => name === 'create_payment')).toMatchObject({
        isListed: true,
        calls: 2,
        errors: 1,
      });
      const { json: seen } = await ask('/api/tool?name=refund');
      expect(seen).toMatchObject({ name: 'refund', seen: [{ name: 'inspector', calls: 0 }], notSeen: [] });
      const { json: overview } = await ask('/api/overview');
      expect(overview.totals).toMatchObject({ sessions: 1, calls: 4, errors: 1 });
    });
  });

  test('gives the resources and prompts of a range, and who asked for one of them or called a tool', async () => {
    const read = {
      'mcp.method.name': 'resources/read',
      'mcp.resource.uri': 'docs://a',
      'mcp.client.version': '2',
    };
    const files = { 'a.traces.jsonl': [otlpLine([requestSpan(5, read, { lasts: 7 })])] };
    await withUi(
      async ({ ask }) => {
        const { json: resources } = await ask(`/api/called?kind=resource&from=${T0}&to=${NOW}`);
        expect(resources).toMatchObject({ now: NOW, called: [{ name: 'docs://a', calls: 1, p50Ms: 7 }] });
        expect((await ask('/api/called?kind=prompt')).json.called).toEqual([]);
        const { json: readers } = await ask('/api/callers?kind=resource&name=docs%3A%2F%2Fa');
        expect(readers).toMatchObject({ total: 1, callers: [{ client: 'unknown', version: '2', calls: 1 }] });
        expect((await ask('/api/callers?kind=tool&name=docs%3A%2F%2Fa')).json.total).toBe(0);
      },
      { files },
    );
  });

  test('finds a session whatever its id holds', async () => {
    const id = '../&?#%00/<b>"\u202e\u0001 é🙂';
    const files = { 'a.traces.jsonl': [otlpLine([requestSpan(1, { 'mcp.client.session.id': id })])] };
    await withUi(
      async ({ ask }) => {
        const { status, json } = await ask(`/api/session/events?id=${encodeURIComponent(id)}`);
        expect(status).toBe(200);
        expect(json.row.id).toBe(id);
        const exported = await ask(`/api/session/export?as=otlp&id=${encodeURIComponent(id)}`);
        expect(exported.headers['content-disposition']).toMatch(
          /^attachment; filename="session-[\w-]+\.otlp\.json"$/,
        );
      },
      { files },
    );
  });

  test('is compressed where it is long and that is wanted', async () => {
    const lines = Array.from({ length: 200 }, (_, i) =>
      otlpLine([requestSpan(i + 1, { 'mcp.client.session.id': `session-${i}` })]),
    );
    await withUi(
      async ({ ask }) => {
        const plain = await ask('/api/sessions');
        expect(plain.headers['content-encoding']).toBeUndefined();
        expect(plain.headers['content-length']).toBe(String(Buffer.byteLength(plain.body)));
        for (const accepted of ['gzip', 'br, gzip;q=0.5', '*']) {
          const packed = await ask('/api/sessions', { headers: { 'accept-encoding': accepted } });
          expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
          expect(Number(packed.headers['content-length'])).toBeLessThan(plain.body.length / 4);
          expect(packed.json).toEqual(plain.json);
        }
        for (const refused of ['br', 'gzip;q=0', 'identity']) {
          const same = await ask('/api/sessions', { headers: { 'accept-encoding': refused } });
          expect(same.headers['content-encoding']).toBeUndefined();
        }
      },
      { files: { 'a.traces.jsonl': lines } },
    );
  });

  test('answers HEAD with the head of GET', async () => {
    await withUi(async ({ ask }) => {
      for (const path of ['/', '/api/sessions', '/api/session/export?id=s&as=otlp']) {
        const [get, head] = [await ask(path), await ask(path, { method: 'HEAD' })];
        expect(head).toMatchObject({ status: 200, body: '' });
        expect(head.headers['content-length']).toBe(get.headers['content-length']);
      }
      const changes = await ask('/api/changes', { method: 'HEAD' });
      expect(changes).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream' } });
    });
  });
});

describe('a question that is wrong gets 400 and a sentence', () => {
  test.each([
    ['/api/sessions?status=gone', "status is 'gone'; it takes active, ended, lost"],
    ['/api/sessions?sort=size', "sort is 'size'; it takes session, client, started"],
    ['/api/sessions?order=up', "order is 'up'; it takes asc, desc"],
    ['/api/sessions?errors=yes', "errors is 'yes'; it takes 1, 0"],
    ['/api/sessions?from=yesterday', "from is 'yesterday'; it takes Unix milliseconds"],
    ['/api/sessions?from=-1', "from is '-1'; it takes Unix milliseconds"],
    ['/api/sessions?to=1e400', "to is '1e400'; it takes Unix milliseconds"],
    ['/api/sessions?from=2&to=1', 'from is 2 and to is 1'],
    ['/api/sessions?queue=1', "there is no parameter 'queue' here; it takes q, status"],
    ['/api/sessions?q=a&q=b', 'q is given twice'],
    [`/api/sessions?q=${'x'.repeat(5_000)}`, 'q has 5000 characters; it takes up to 4096'],
    ['/api/sessions/rows?epoch=e', 'n is missing'],
    ['/api/sessions/rows?n=1', 'epoch is missing'],
    ['/api/sessions/rows?epoch=e&n=1,x', "n has 'x'; it takes numbers"],
    [`/api/sessions/rows?epoch=e&n=${'1,'.repeat(500)}1`, 'n has 501 numbers; it takes up to 500'],
    ['/api/session/events', 'id is missing'],
    ['/api/session/events?id=s&limit=0', "limit is '0'; it takes a whole number from 1 to 1000"],
    ['/api/session/events?id=s&limit=1001', "limit is '1001'"],
    ['/api/session/events?id=s&offset=-1', "offset is '-1'; it takes a whole number from 0"],
    ['/api/session/export?id=s', 'as is missing; it takes otlp, markdown'],
    ['/api/session/export?id=s&as=pdf', "as is 'pdf'; it takes otlp, markdown"],
    ['/api/tool', 'name is missing'],
    ['/api/called', 'kind is missing; it takes resource, prompt'],
    ['/api/called?kind=tool', "kind is 'tool'; it takes resource, prompt"],
    ['/api/callers?name=a', 'kind is missing; it takes tool, resource, prompt'],
    ['/api/callers?kind=tool', 'name is missing'],
    ['/api/tools?client=x', "there is no parameter 'client' here; it takes from, to, service"],
    ['/api/state?x=1', "there is no parameter 'x' here; it takes none"],
  ])('%s', async (path, sentence) => {
    await withUi(async ({ ask }) => {
      const { status, json } = await ask(path);
      expect(status).toBe(400);
      expect(json.error).toContain(sentence);
    });
  });

  test('and an empty value does not restrict', async () => {
    await withUi(async ({ ask }) => {
      expect((await ask('/api/sessions?q=&status=&from=')).json.order).toHaveLength(1);
    });
  });
});

describe('what is not there gets 404', () => {
  test.each([
    '/api/session/events?id=nobody',
    '/api/session/export?id=nobody&as=otlp',
    '/api/session/export?id=nobody&as=markdown',
  ])('%s', async (path) => {
    await withUi(async ({ ask }) => {
      expect(await ask(path)).toMatchObject({
        status: 404,
        json: { error: expect.stringContaining("no session 'nobody'") },
      });
    });
  });

  test.each(['/api/', '/api/nothing', '/api/__proto__', '/api/state/'])('%s, in JSON', async (path) => {
    await withUi(async ({ ask }) => {
      const { status, json } = await ask(path);
      expect(status).toBe(404);
      expect(json.error).toContain(path);
    });
  });

  test.each(['/index.html', '/..%2f..%2fetc/passwd', '//page.js', '/constructor', '/favicon.ico'])(
    '%s, as text',
    async (path) => {
      await withUi(async ({ ask }) => {
        const { status, headers } = await ask(path);
        expect(status).toBe(404);
        expect(headers['content-type']).toBe('text/plain; charset=utf-8');
      });
    },
  );

  test('and shows control characters of a path', async () => {
    await withUi(async ({ ask }) => {
      expect((await ask('/api/%1b[31m')).json.error).toBe("there is nothing at '/api/%1b[31m'");
    });
  });
});

describe('other methods get 405 and what is allowed', () => {
  test.each([
    ['POST', '/api/sessions', 'GET, HEAD'],
    ['DELETE', '/', 'GET, HEAD'],
    ['PUT', '/api/demo', 'POST, DELETE'],
    ['GET', '/api/demo', 'POST, DELETE'],
    ['HEAD', '/api/demo', 'POST, DELETE'],
  ])('%s %s', async (method, path, allowed) => {
    await withUi(async ({ ask }) => {
      const headers = { 'content-type': 'application/json' };
      const { status, headers: answered } = await ask(path, { method, headers });
      expect(status).toBe(405);
      expect(answered.allow).toBe(allowed);
    });
  });
});

describe('the page', () => {
  test('is three files that a browser keeps until they change', async () => {
    await withUi(async ({ ask, pageDir }) => {
      const page = await ask('/?tab=tools&whatever=1');
      expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
      expect((await ask('/page.css')).headers['content-type']).toBe('text/css; charset=utf-8');
      const script = await ask('/page.js', { headers: { 'accept-encoding': 'gzip' } });
      expect(script.headers).toMatchObject({
        'content-type': 'text/javascript; charset=utf-8',
        'content-encoding': 'gzip',
        'cache-control': 'no-cache',
      });
      const etag = script.headers.etag as string;
      const known = await ask('/page.js', { headers: { 'if-none-match': `"other", ${etag}` } });
      expect(known).toMatchObject({ status: 304, body: '' });
      writeFileSync(join(pageDir, 'page.js'), '// built again\n');
      utimesSync(join(pageDir, 'page.js'), 1, 1);
      const changed = await ask('/page.js', { headers: { 'if-none-match': etag } });
      expect(changed).toMatchObject({ status: 200, body: '// built again\n' });
    });
  });

  test('loads parts of itself later; those of an earlier build are gone, and that is said', async () => {
    await withUi(async ({ ask, pageDir }) => {
      writeFileSync(join(pageDir, 'page-tools-tab-A1B2.js'), 'export {};\n');
      const part = await ask('/page-tools-tab-A1B2.js');
      expect(part).toMatchObject({
        status: 200,
        body: 'export {};\n',
        headers: { 'content-type': 'text/javascript; charset=utf-8' },
      });
      const gone = await ask('/page-tools-tab-OLD.js');
      expect(gone.status).toBe(404);
      expect(gone.body).toContain('load it again');
    });
  });

  test('leads to the documents of its version as text, and to no other file', async () => {
    await withUi(async ({ ask, dir }) => {
      mkdirSync(join(dir, 'docs'));
      writeFileSync(join(dir, 'docs/page.md'), '# The Sessions page\n<script>');
      writeFileSync(join(dir, 'secret.md'), 'secret');
      expect(await ask('/docs/page.md')).toMatchObject({
        status: 200,
        body: '# The Sessions page\n<script>',
        headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
      });
      for (const path of ['/docs/other.md', '/docs/..%2Fsecret.md', '/docs/../secret.md', '/docs/a/page.md'])
        expect((await ask(path)).status).toBe(404);
    });
  });

  test('says how to build it where it was not built; the API answers all the same', async () => {
    await withUi(async ({ ask, pageDir }) => {
      const { rmSync } = await import('node:fs');
      rmSync(pageDir, { recursive: true });
      const { status, body } = await ask('/');
      expect(status).toBe(503);
      expect(body).toMatch(/^the page is missing: .*npm run build\n$/);
      expect((await ask('/api/state')).status).toBe(200);
    });
  });
});

describe('the demo', () => {
  test('comes and goes by the API', async () => {
    await withUi(
      async ({ ask, pageDir }) => {
        const headers = { 'content-type': 'application/json' };
        expect(await ask('/api/demo', { method: 'POST', headers })).toMatchObject({ status: 503 });
        writeFileSync(join(pageDir, 'demo.jsonl.gz'), gzipSync(`${otlpLine([requestSpan(1)])}\n`));
        const loaded = await ask('/api/demo', { method: 'POST', headers });
        expect(loaded).toMatchObject({ status: 200, json: { hasDemo: true } });
        expect((await ask('/api/state')).json).toMatchObject({ hasDemo: true, sessions: 1 });
        const removed = await ask('/api/demo', { method: 'DELETE', headers });
        expect(removed).toMatchObject({ status: 200, json: { hasDemo: false } });
        expect((await ask('/api/state')).json).toMatchObject({ hasDemo: false, sessions: 0 });
      },
      { files: {} },
    );
  });
});
