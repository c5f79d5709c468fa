import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { otlpLine, requestSpan, sessionSpan, WEATHER, withRecording } from '../explorer/support.ts';

const MAIN = join(__dirname, '../../src/cli/main.ts');

interface Child {
  nodeOptions?: string[];
  /** Close its stdout after the first bytes, as `head` does. */
  closesEarly?: boolean;
}

async function runProcess(argv: string[], { nodeOptions = [], closesEarly = false }: Child = {}) {
  const child = spawn(process.execPath, [...nodeOptions, '--import', 'tsx', MAIN, ...argv], {
    env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: undefined, TZ: 'UTC' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    if (closesEarly) child.stdout.destroy();
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}

describe('the process', () => {
  test('gives the exit code and writes to its streams', async () => {
    const [list, wrong] = await Promise.all([
      runProcess(['sessions', WEATHER, '--json']),
      runProcess(['sessions', WEATHER, '--limit', 'x']),
    ]);
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(list.stdout)).toHaveLength(4);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
  });

  test('ends quietly where its reader goes away', async () => {
    const lines = Array.from({ length: 5_000 }, (_, i) =>
      otlpLine([requestSpan(i, { 'mcp.client.session.id': `session-${i}` })]),
    );
    await withRecording({ 'a.traces.jsonl': lines }, async (dir) => {
      const run = await runProcess(['sessions', dir, '--json'], { closesEarly: true });
      expect(run).toMatchObject({ code: 0, signal: null, stderr: '' });
      expect(run.stdout.length).toBeLessThan(5_000 * 400);
    });
  });

  test('lists 60,000 spans of 90 MB within a heap of 48 MB: memory grows with sessions, not with spans', async () => {
    await withRecording({}, async (dir) => {
      await writeLargeRecording(join(dir, 'large.traces.jsonl'));
      const { code, stdout, stderr } = await runProcess(['sessions', dir, '--json'], {
        nodeOptions: ['--max-old-space-size=48'],
      });
      expect(stderr).toBe('');
      expect(code).toBe(0);
      const rows: { calls: number; status: string }[] = JSON.parse(stdout);
      expect(rows).toHaveLength(20);
      expect(rows.every(({ calls, status }) => calls === 3_000 && status !== 'ended')).toBe(true);
    });
  });
});

/** 20 sessions of 3,000 requests each, most of them after the newest session span. */
async function writeLargeRecording(path: string): Promise<void> {
  const file = createWriteStream(path);
  const result = { 'gen_ai.tool.call.result': JSON.stringify({ text: 'x'.repeat(1_000) }) };
  for (let batch = 0; batch < 600; batch += 1) {
    const spans: unknown[] = Array.from({ length: 100 }, (_, i) =>
      requestSpan(batch * 100 + i + 1, { ...result, 'mcp.client.session.id': `session-${i % 20}` }),
    );
    if (batch === 49) {
      for (let i = 0; i < 20; i += 1) {
        const attributes = { 'mcp.client.session.id': `session-${i}`, 'mcp.client.session.calls': 250 };
        spans.push(sessionSpan('update', 1, 5_000, attributes));
      }
    }
    if (!file.write(`${otlpLine(spans)}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}
