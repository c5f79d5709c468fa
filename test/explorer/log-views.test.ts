import { describe, expect, test } from '@jest/globals';
import { runCli } from '../cli/support.ts';
import { askAbout } from './mcp/support.ts';
import { withUi } from './server/support.ts';
import {
  ACTS_ON_TERMINALS,
  logLine,
  logRecord,
  NOW,
  otlpLine,
  requestSpan,
  sessionSpan,
  withRecording,
} from './support.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALL = 'c'.padStart(16, '0');
const HOSTILE = 'a\u001b[31mred\u202e `|<img src=x> \n## no heading\n```';
const LOGS = [
  logRecord({ span: CALL, at: 1_010, text: 'asked the provider', attributes: { amount: 25 } }),
  logRecord({ span: CALL, at: 1_020, text: HOSTILE, severity: 17 }),
  // Enough that no view shows all.
  ...Array.from({ length: 30 }, (_, i) => logRecord({ span: CALL, at: 1_030 + i, text: `line ${i}` })),
];
const FILES = {
  'a.traces.jsonl': [
    otlpLine([
      sessionSpan('start', 0, 0),
      requestSpan(1_000, { 'gen_ai.tool.name': 'pay' }, { id: CALL, name: 'tools/call pay', lasts: 200 }),
      requestSpan(
        1_500,
        { 'mcp.method.name': 'notifications/message', 'mcp.log.level': 'warning', 'mcp.log.logger': 'pay' },
        { kind: 3 },
      ),
      sessionSpan('end', 1, 2_000),
    ]),
  ],
  'b.logs.jsonl': [logLine(LOGS)],
};

describe('the log lines of a session', () => {
  test('stand beneath their events in the command, the first ones, with nothing that acts on a terminal', async () => {
    await withRecording(FILES, async (dir) => {
      const { stdout } = await runCli(['sessions', dir, '--session', 's']);
      const lines = stdout.split('\n');
      const at = lines.findIndex((line) => line.includes('tools/call pay'));
      expect(lines.slice(at + 1, at + 3)).toEqual([
        '    13:00:01.010 INFO orders: asked the provider',
        '    13:00:01.020 ERROR orders: a\\x1b[31mred\\u202e `|<img src=x> \\n## no heading\\n```',
      ]);
      expect(lines[at + 21]).toBe('    and 12 more log lines');
      expect(lines[at + 23]).toBe('    warning pay');
      expect(stdout).not.toMatch(ACTS_ON_TERMINALS);
    });
  });

  test('are in the command never those of another session that the same trace led to', async () => {
    const other = 'd'.padStart(16, '0');
    const query = 'e'.padStart(16, '0');
    const spans = [
      requestSpan(1_000, {}, { id: CALL, lasts: 200 }),
      requestSpan(1_100, { 'mcp.client.session.id': 'other' }, { id: other, lasts: 200 }),
    ];
    const logs = [
      logRecord({ span: CALL, at: 1_150, text: 'of the first' }),
      logRecord({ span: other, at: 1_050, text: 'secret of the other' }),
      logRecord({ span: query, at: 1_050, text: 'query of the first' }),
      logRecord({ span: query, at: 1_150, text: 'query of either' }),
      logRecord({ span: query, at: 1_250, text: 'query of the other' }),
    ];
    await withRecording({ 'a.jsonl': [otlpLine(spans), logLine(logs)] }, async (dir) => {
      const shown = async (id: string): Promise<string[]> => {
        const { stdout } = await runCli(['sessions', dir, '--session', id, '--json']);
        return JSON.parse(stdout).events[0].logs.lines.map(({ text }: { text: string }) => text);
      };
      expect(await shown('s')).toEqual(['query of the first', 'of the first']);
      expect(await shown('other')).toEqual(['secret of the other', 'query of the other']);
    });
  });

  test('are in its JSON, with their attributes', async () => {
    await withRecording(FILES, async (dir) => {
      const { stdout } = await runCli(['sessions', dir, '--session', 's', '--json']);
      const [, call, message] = JSON.parse(stdout).events;
      expect(call.logs.total).toBe(32);
      expect(call.logs.lines[0]).toEqual({
        time: '2026-11-20T13:00:01.010Z',
        severity: 'INFO',
        logger: 'orders',
        text: 'asked the provider',
        attributes: '{"amount":25}',
      });
      expect(message.message).toMatchObject({ severity: 'warning', logger: 'pay', text: '' });
      expect(message).not.toHaveProperty('logs');
    });
  });

  test('are told to AI clients, ten of each event, unless they are not wanted', async () => {
    await withRecording(FILES, async (dir) => {
      const { ask, close } = await askAbout(dir);
      try {
        const { json, text, isError } = await ask('get_session', { session_id: 's' });
        expect(isError).toBe(false);
        const [, call, message] = json.events;
        expect(call).toMatchObject({ logCount: 32, logs: { length: 10 } });
        expect(message.message).toMatchObject({ severity: 'warning', logger: 'pay' });
        expect(text).toContain(
          '    log 2026-11-20T13:00:01.010Z INFO orders: asked the provider {"amount":25}\n',
        );
        expect(text).toContain('    and 22 more log lines\n');
        expect(text).not.toMatch(ACTS_ON_TERMINALS);
        const short = await ask('get_session', { session_id: 's', include_logs: false });
        expect(short.json.events[1]).not.toHaveProperty('logs');
        expect(short.text).toContain('    32 log lines: see include_logs\n');
      } finally {
        await close();
      }
    });
  });

  test('are in the Markdown of a bug report, where they are text and nothing else', async () => {
    await withUi(
      async ({ ask }) => {
        const { body } = await ask('/api/session/export?id=s&as=markdown');
        expect(body).toContain(
          '## Log lines\n\n### 2. `tools/call pay`: log lines\n\n````text\n2026-11-20T13:00:01.010Z INFO',
        );
        expect(body).toContain('\nand 12 more log lines\n````');
        expect(body.split('\n')).not.toContain('## no heading');
        expect(body).toContain('### 3. `→ notifications/message`: log lines');
      },
      { files: FILES },
    );
  });

  test('are answered page by page, and only with what is known', async () => {
    await withUi(
      async ({ ask }) => {
        const address = `/api/session/logs?id=s&trace=${TRACE}&span=${CALL}`;
        const { json } = await ask(`${address}&offset=31&limit=5`);
        expect(json).toMatchObject({ total: 32, offset: 31, lines: [{ text: 'line 29' }] });
        expect((await ask(address)).json.lines).toHaveLength(32);
        expect((await ask(address.replace('id=s', 'id=t'))).status).toBe(404);
        expect((await ask(`${address}&limit=501`)).status).toBe(400);
        expect((await ask('/api/session/logs?id=s')).status).toBe(400);
        expect((await ask(`/api/session/events?id=s`)).json.events[1]).toMatchObject({
          logs: 32,
          logErrors: 1,
        });
      },
      { files: FILES },
    );
  });

  test('are received and shown beneath what was recorded', async () => {
    await withUi(
      async ({ ask, ui }) => {
        const sent = await fetch(`${ui.otlpUrl}/v1/logs`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: logLine([logRecord({ span: CALL, at: 1_001, text: 'received' })]),
        });
        expect(sent.status).toBe(200);
        await ui.store.refresh();
        const { json } = await ask(`/api/session/logs?id=s&trace=${TRACE}&span=${CALL}`);
        expect(json.lines.map(({ text }: { text: string }) => text)).toEqual(['received']);
      },
      { files: { 'a.traces.jsonl': FILES['a.traces.jsonl'] }, receives: true, otlpPort: 0, now: () => NOW },
    );
  });
});
