import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { spansOf } from '../../../src/explorer/recording/otlp.ts';
import { openRecording } from '../../../src/explorer/recording/recording.ts';
import { listRows, runCli } from '../../cli/support.ts';
import { FIXTURES, otlpLine, otlpSpan, requestSpan, sessionSpan, withRecording } from '../support.ts';

describe('damaged files', () => {
  test('give what is whole; the rest is counted and the first of it named, in one line', async () => {
    const dir = join(FIXTURES, 'damaged');
    const { code, stdout, stderr } = await runCli(['sessions', dir, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ id: 'aaaaaaaa-1', calls: 2, status: 'ended' }]);
    const file = 'weather-20261120T130000Z-1-deadbeef.traces.jsonl';
    expect(stderr).toBe(`mcp-sessionscope: skipped 2 lines, the first: ${dir}/${file}:2 is not OTLP JSON\n`);
    expect((await runCli(['sessions', dir, '--session', 'aaaaaaaa-1'])).stderr).toBe(stderr);
  });

  test('that a killed process left have a last line that is cut off', async () => {
    const whole = otlpLine([sessionSpan('start', 0, 0)]);
    await withRecording({ 'a.traces.jsonl': `${whole}\n${whole.slice(0, 100)}` }, async (dir) => {
      const { code, stdout, stderr } = await runCli(['sessions', dir]);
      expect(code).toBe(0);
      expect(stdout).toContain('s  ');
      expect(stderr).toBe(`mcp-sessionscope: skipped 1 line: ${dir}/a.traces.jsonl:2 is cut off\n`);
    });
  });

  test('may hold anything: binary, other JSON, no line break at the end, a byte order mark, blank lines', async () => {
    const line = otlpLine([requestSpan(0)]);
    const text = `\ufeff${line}\r\n\r\n\n\u0000\u0001\n42\n[]\nnull\n{"resourceMetrics":[]}\n${otlpLine([requestSpan(1)])}`;
    await withRecording({ 'a.traces.jsonl': text }, async (dir) => {
      const { stdout, stderr } = await runCli(['sessions', dir, '--json']);
      expect(JSON.parse(stdout)).toMatchObject([{ calls: 2 }]);
      expect(stderr).toContain('skipped 4 lines, the first: ');
      expect(stderr).toContain('a.traces.jsonl:4 is not OTLP JSON');
    });
  });

  test('may hold a line that no memory should hold, which is passed over', async () => {
    const text = `{"x":"${'x'.repeat(65 * 1024 * 1024)}"}\n${otlpLine([requestSpan(0)])}\n`;
    await withRecording({ 'a.traces.jsonl': text }, async (dir) => {
      const { stdout, stderr } = await runCli(['sessions', dir, '--json']);
      expect(JSON.parse(stdout)).toMatchObject([{ calls: 1 }]);
      expect(stderr).toBe(`mcp-sessionscope: skipped 1 line: ${dir}/a.traces.jsonl:1 is too long\n`);
    });
  });

  test('of other writers are read as far as they can be', async () => {
    const rows = await listRows(join(FIXTURES, 'odd'));
    expect(rows).toMatchObject([
      {
        id: 'rotated-away',
        clientName: 'late',
        service: 'odd',
        calls: 2,
        errors: 1,
        tools: ['add'],
        status: 'lost',
      },
    ]);
  });

  test('never make the decoder throw', () => {
    const span = fc.dictionary(
      fc.constantFrom(
        'name',
        'kind',
        'startTimeUnixNano',
        'endTimeUnixNano',
        'attributes',
        'status',
        'events',
        'traceId',
      ),
      fc.oneof(fc.jsonValue(), fc.array(fc.record({ key: fc.string(), value: fc.jsonValue() }))),
    );
    const exported = fc.oneof(
      fc.dictionary(fc.constantFrom('resourceSpans', 'x'), fc.jsonValue()),
      span.map((one) => ({
        resourceSpans: [{ scopeSpans: [{ spans: [one, { startTimeUnixNano: '1', ...one }] }] }],
      })),
    );
    fc.assert(
      fc.property(exported, (value) => [...spansOf(value)].every(({ endMs, startMs }) => endMs >= startMs)),
    );
  });
});

describe('recordings', () => {
  test('keep spans that are no messages out', async () => {
    const foreign = [
      otlpSpan({ name: 'GET /', kind: 2, at: 0, attributes: { 'http.request.method': 'GET' } }),
      otlpSpan({ name: 'tools/list', kind: 3, at: 0, attributes: { 'mcp.method.name': 'tools/list' } }),
    ];
    await withRecording({ 'a.traces.jsonl': [otlpLine(foreign)] }, async (dir) =>
      expect(await listRows(dir)).toEqual([]),
    );
  });

  test('may hold a span twice, which counts once', async () => {
    const lines = [otlpLine([requestSpan(0, {}, { id: 'a' }), requestSpan(0, {}, { id: 'a' })])];
    await withRecording({ 'a.traces.jsonl': lines, 'copy.traces.jsonl': lines }, async (dir) => {
      expect(await listRows(dir)).toMatchObject([{ calls: 1 }]);
      const { stdout } = await runCli(['sessions', dir, '--session', 's', '--json']);
      expect(JSON.parse(stdout).events).toHaveLength(1);
    });
  });

  test('may hold unescaped line separators inside a string', async () => {
    const lines = [otlpLine([requestSpan(0, { 'gen_ai.tool.name': 'a\u2028b\u2029c' })])];
    await withRecording({ 'a.traces.jsonl': lines }, async (dir) => {
      expect(await listRows(dir)).toMatchObject([{ tools: ['a\u2028b\u2029c'] }]);
    });
  });

  test('are seen as they were when they were opened, however much is appended meanwhile', async () => {
    await withRecording({ 'a.traces.jsonl': [otlpLine([requestSpan(0)])] }, async (dir) => {
      const recording = await openRecording(dir);
      appendFileSync(join(dir, 'a.traces.jsonl'), `${otlpLine([requestSpan(1)])}\n`);
      for (let pass = 0; pass < 2; pass += 1) {
        let spans = 0;
        for await (const _ of recording.spans()) spans += 1;
        expect(spans).toBe(1);
      }
    });
  });

  test('that vanish between two passes are named, not fatal', async () => {
    await withRecording({ 'a.traces.jsonl': [otlpLine([requestSpan(0)])] }, async (dir) => {
      const recording = await openRecording(dir);
      const moved = { ...recording.files[0]!, path: join(dir, 'gone') };
      const problems: unknown[] = [];
      const { readJsonLines } = await import('../../../src/explorer/recording/json-lines.ts');
      for await (const _ of readJsonLines([moved], { onProblem: (problem) => problems.push(problem) })) {
        throw new Error('there is nothing to read');
      }
      expect(problems).toEqual([{ path: moved.path, line: 0, reason: 'cannot be read' }]);
    });
  });

  test('keep times to the microsecond', () => {
    const line = otlpLine([otlpSpan({ at: 4_050, lasts: 1 })]);
    const [span] = spansOf(JSON.parse(line));
    expect(new Date(span!.startMs).toISOString()).toBe('2026-11-20T13:00:04.050Z');
  });
});
