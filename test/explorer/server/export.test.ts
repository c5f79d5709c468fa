import { describe, expect, test } from '@jest/globals';
import { spansOf } from '../../../src/explorer/recording/otlp.ts';
import { listRows } from '../../cli/support.ts';
import { otlpLine, requestSpan, sessionSpan, withRecording } from '../support.ts';
import { RECORDED, withUi } from './support.ts';

const HOSTILE = '`|<img src=x onerror=alert(1)>\n# no | heading\n@someone [x](javascript:alert(1)) \u202e';

describe('a session as OTLP JSON', () => {
  test('is a file that the command reads as the same session', async () => {
    await withUi(async ({ ask, dir }) => {
      const { headers, body } = await ask('/api/session/export?id=s&as=otlp');
      expect(headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': 'attachment; filename="session-s.otlp.json"',
        'cache-control': 'no-store',
      });
      expect([...spansOf(JSON.parse(body))]).toHaveLength(6);
      await withRecording({ 'saved.jsonl': `${body}\n` }, async (saved) => {
        expect(await listRows(saved)).toEqual(await listRows(dir));
      });
    });
  });

  test('is several lines where it is long, compressed where that is wanted, and nothing for HEAD', async () => {
    const text = 'x'.repeat(1_500_000);
    const long = Array.from({ length: 6 }, (_, i) => otlpLine([requestSpan(i, { 'mcp.long': text })]));
    await withUi(
      async ({ ask }) => {
        const address = '/api/session/export?id=s&as=otlp';
        const { headers, body } = await ask(address, { headers: { 'accept-encoding': 'gzip' } });
        expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
        const lines = body.trimEnd().split('\n');
        expect(lines.map((line) => [...spansOf(JSON.parse(line))].length)).toEqual([3, 3]);
        expect((await ask(address)).body).toBe(body);
        const head = await ask(address, { method: 'HEAD' });
        expect(head).toMatchObject({ status: 200, body: '' });
        expect(head.headers['content-disposition']).toBe(headers['content-disposition']);
      },
      { files: { 'a.traces.jsonl': long } },
    );
  });
});

describe('a session as Markdown', () => {
  test('tells what it was, what failed and what was around it, and every event', async () => {
    await withUi(async ({ ask }) => {
      const { headers, body } = await ask('/api/session/export?id=s&as=markdown');
      expect(headers).toMatchObject({
        'content-type': 'text/markdown; charset=utf-8',
        'content-disposition': 'attachment; filename="session-s.md"',
      });
      expect(body).toBe(
        [
          '# MCP session `s`',
          '',
          '|  |  |',
          '| --- | --- |',
          '| Client | `inspector 1.2` |',
          '| Started | 2026-11-20T13:00:00.000Z |',
          '| Last seen | 2026-11-20T13:00:05.000Z |',
          '| Duration | 5.0 s |',
          '| Status | ended (`stdin_eof`) |',
          '| Calls | 4 |',
          '| Errors | 1 |',
          '| Tools called | `create_payment` |',
          '',
          '## Failures and what was around them',
          '',
          '### 4. `tools/call create_payment` failed',
          '',
          'Trace `0af7651916cd43dd8448eb211c80319c`, span `0000000000000004`, JSON-RPC `1000`',
          '',
          'Called again 2.0 s later (5): it succeeded.',
          '',
          '| # | time (UTC) | event | latency | size | status | error |',
          '| --- | --- | --- | --- | --- | --- | --- |',
          '| 1 | 13:00:00.000 | `session start` |  |  |  |  |',
          '| 2 | 13:00:00.010 | `initialize` | 5 ms |  | ok |  |',
          '| 3 | 13:00:00.020 | `tools/list` | 3 ms |  | ok |  |',
          '| **→ 4** | 13:00:01.000 | `tools/call create_payment` | 250 ms |  | **error** | `tool_error: card \\| declined` |',
          '| 5 | 13:00:03.000 | `tools/call create_payment` | 200 ms |  | ok |  |',
          '| 6 | 13:00:05.000 | `session end (stdin_eof)` |  |  |  |  |',
          '',
          '## Events',
          '',
          '| # | time (UTC) | event | latency | size | status | error |',
          '| --- | --- | --- | --- | --- | --- | --- |',
          '| 1 | 13:00:00.000 | `session start` |  |  |  |  |',
          '| 2 | 13:00:00.010 | `initialize` | 5 ms |  | ok |  |',
          '| 3 | 13:00:00.020 | `tools/list` | 3 ms |  | ok |  |',
          '| 4 | 13:00:01.000 | `tools/call create_payment` | 250 ms |  | **error** | `tool_error: card \\| declined` |',
          '| 5 | 13:00:03.000 | `tools/call create_payment` | 200 ms |  | ok |  |',
          '| 6 | 13:00:05.000 | `session end (stdin_eof)` |  |  |  |  |',
          '',
          '## Captured arguments and results',
          '',
          'As captured: the server redacted and cut the values before they were recorded.',
          '',
          '### 4. `tools/call create_payment`: arguments',
          '',
          '```json',
          '{',
          '  "amount": 12345678901234567890',
          '}',
          '```',
          '',
          '### 5. `tools/call create_payment`: result',
          '',
          '```json',
          '{',
          '  "ok": true',
          '}',
          '```',
          '',
          'Recorded by OpenTelemetry, exported by mcp-sessionscope 1.2.3 at 2026-11-20T13:30:00.000Z.',
          '',
        ].join('\n'),
      );
    });
  });

  test('shows whatever clients sent as code, on its own lines', async () => {
    const about = {
      'mcp.client.session.id': HOSTILE,
      'mcp.client.name': HOSTILE,
      'mcp.client.version': '</table><script>alert(1)</script>',
    };
    const files = {
      'a.traces.jsonl': [
        otlpLine([
          sessionSpan('start', 0, 0, about),
          requestSpan(
            1,
            {
              ...about,
              'gen_ai.tool.name': HOSTILE,
              'gen_ai.tool.call.arguments': '```\n<script>alert(1)</script>\n````',
              'error.type': HOSTILE,
            },
            { status: { code: 2, message: HOSTILE } },
          ),
          sessionSpan('end', 1, 5, { ...about, 'mcp.client.session.end_reason': HOSTILE }),
        ]),
      ],
    };
    await withUi(
      async ({ ask }) => {
        const { status, body } = await ask(
          `/api/session/export?id=${encodeURIComponent(HOSTILE)}&as=markdown`,
        );
        expect(status).toBe(200);
        const outside = withoutCode(body);
        for (const text of ['<img', '<script', '</table', '@someone', 'javascript:', '# no']) {
          expect(body).toContain(text);
          expect(outside).not.toContain(text);
        }
        expect(body).not.toContain('\u202e');
        expect(body.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(6);
      },
      { files },
    );
  });

  test('of a long session holds its first events, and says how many there are', async () => {
    const spans = Array.from({ length: 2_500 }, (_, i) =>
      requestSpan(i + 1, { 'gen_ai.tool.name': `t${i}`, 'error.type': i % 100 === 0 ? 'tool_error' : '' }),
    );
    await withUi(
      async ({ ask }) => {
        const { body } = await ask('/api/session/export?id=s&as=markdown');
        expect(body).toContain('The first 2000 of 2500 events. The OTLP export holds them all.');
        expect(body).toContain('`tools/call t1999`');
        expect(body).not.toContain('`tools/call t2000`');
      },
      { files: { 'a.traces.jsonl': [otlpLine(spans)] } },
    );
  });

  test('cuts one captured text, and leaves out what would be too much for an issue', async () => {
    const big = JSON.stringify('x'.repeat(40_000));
    const spans = Array.from({ length: 60 }, (_, i) =>
      requestSpan(i + 1, { 'gen_ai.tool.call.result': big }),
    );
    await withUi(
      async ({ ask }) => {
        const { body } = await ask('/api/session/export?id=s&as=markdown');
        expect(body).toContain('… (40002 characters)');
        expect(body).toContain('more are left out. The OTLP export holds them all.');
        expect(body.length).toBeLessThan(1_200_000);
      },
      { files: { 'a.traces.jsonl': [...RECORDED, otlpLine(spans)] } },
    );
  });
});

/** Markdown without its blocks and spans of code. */
function withoutCode(markdown: string): string {
  return markdown
    .replace(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, '')
    .replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');
}
