import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { asOfNow, createDemo, DEMO_FILE } from '../../../src/explorer/server/demo.ts';
import { NOW, otlpLine, otlpSpan, requestSpan, sessionSpan, T0, withRecording } from '../support.ts';

const LINES = [
  otlpLine([
    sessionSpan('start', 0, 0),
    requestSpan(1_000, { 'mcp.request.id': 'r' }, { id: '00000000000000aa', lasts: 250 }),
    otlpSpan({ at: 1_100, parent: '00000000000000aa', lasts: 10 }),
  ]),
  otlpLine([sessionSpan('end', 1, 90_000)]),
];

const spansOf = (text: string): any[] =>
  text
    .trim()
    .split('\n')
    .flatMap((line) => JSON.parse(line).resourceSpans[0].scopeSpans[0].spans);
const attributeOf = (span: any, name: string) =>
  span.attributes.find(({ key }: { key: string }) => key === name)?.value;

describe('the demo as of now', () => {
  const original = spansOf(LINES.join('\n'));
  const renewed = spansOf(asOfNow(LINES.join('\n'), NOW));

  test('ended at the time that is given, and keeps its distances to the nanosecond', () => {
    expect(renewed.at(-1).endTimeUnixNano).toBe(`${NOW}000000`);
    const shift = BigInt(NOW - (T0 + 90_000)) * 1_000_000n;
    renewed.forEach((span, i) => {
      expect(BigInt(span.startTimeUnixNano)).toBe(BigInt(original[i].startTimeUnixNano) + shift);
      expect(BigInt(span.endTimeUnixNano)).toBe(BigInt(original[i].endTimeUnixNano) + shift);
    });
    expect(attributeOf(renewed[0], 'mcp.client.session.start_unix_ms')).toEqual({
      intValue: String(NOW - 90_000),
    });
  });

  test('has ids of its own that hang together as they did', () => {
    const [start, request, custom, end] = renewed;
    expect(request.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(request.spanId).not.toBe('00000000000000aa');
    expect(custom.parentSpanId).toBe(request.spanId);
    expect(new Set(renewed.map(({ traceId }) => traceId)).size).toBe(1);
    expect(start.traceId).not.toBe(original[0].traceId);
    const session = attributeOf(start, 'mcp.client.session.id').stringValue;
    expect(session).not.toBe('s');
    expect(attributeOf(end, 'mcp.client.session.id').stringValue).toBe(session);
    expect(attributeOf(request, 'mcp.method.name')).toEqual({ stringValue: 'tools/call' });
  });

  test('is another recording each time', () => {
    const again = spansOf(asOfNow(LINES.join('\n'), NOW));
    expect(again[0].traceId).not.toBe(renewed[0].traceId);
  });
});

describe('loading the demo', () => {
  test('puts one file of the owner only into the folder', async () => {
    await withDemo(async ({ pageDir, demo, dir, refreshed }) => {
      writeFileSync(join(pageDir, 'demo.jsonl.gz'), gzipSync(LINES.join('\n')));
      expect(demo.isLoaded()).toBe(false);
      await demo.load();
      expect(demo.isLoaded()).toBe(true);
      expect(readdirSync(dir)).toEqual([DEMO_FILE]);
      expect(statSync(join(dir, DEMO_FILE)).mode & 0o777).toBe(0o600);
      expect(statSync(dir).mode & 0o777).toBe(0o700);
      expect(spansOf(readFileSync(join(dir, DEMO_FILE), 'utf8')).at(-1).endTimeUnixNano).toBe(
        `${NOW - 60_000}000000`,
      );
      expect(refreshed()).toBe(1);
    });
  });

  test('twice leaves the first, and removing it leaves other files', async () => {
    await withDemo(async ({ pageDir, demo, dir }) => {
      writeFileSync(join(pageDir, 'demo.jsonl.gz'), gzipSync(LINES.join('\n')));
      await demo.load();
      const first = readFileSync(join(dir, DEMO_FILE), 'utf8');
      await demo.load();
      expect(readFileSync(join(dir, DEMO_FILE), 'utf8')).toBe(first);
      writeFileSync(join(dir, 'mine.traces.jsonl'), '{}\n');
      await demo.remove();
      expect(readdirSync(dir)).toEqual(['mine.traces.jsonl']);
      await demo.remove();
    });
  });

  test('says that it is missing where the page was not built', async () => {
    await withDemo(async ({ demo, dir }) => {
      await expect(demo.load()).rejects.toMatchObject({
        status: 503,
        message: expect.stringMatching(/^the demo is missing: .*npm run build$/),
      });
      expect(existsSync(dir)).toBe(false);
    });
  });

  test('says so where the folder cannot be written', async () => {
    await withDemo(async ({ pageDir, demo, dir }) => {
      writeFileSync(join(pageDir, 'demo.jsonl.gz'), gzipSync(LINES.join('\n')));
      writeFileSync(dir, 'a file');
      await expect(demo.load()).rejects.toMatchObject({ status: 503 });
    });
  });
});

interface DemoParts {
  demo: ReturnType<typeof createDemo>;
  pageDir: string;
  dir: string;
  refreshed: () => number;
}

async function withDemo(run: (parts: DemoParts) => Promise<void>): Promise<void> {
  await withRecording({}, async (pageDir) => {
    const dir = join(pageDir, 'recording');
    let refreshed = 0;
    const onWritten = async () => {
      refreshed += 1;
    };
    const demo = createDemo({ pageDir, dir, now: () => NOW, onWritten });
    await run({ demo, pageDir, dir, refreshed: () => refreshed });
  });
}
