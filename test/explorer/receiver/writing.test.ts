import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { removeFolderSync } from '../../../tools/support/remove-folder.ts';
import { linesOf, type Running, run } from './support.ts';

let parent: string;
let dir: string;
const started: Running[] = [];
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'writing-'));
  dir = join(parent, 'recorded');
});
afterEach(async () => {
  for (const running of started.splice(0)) await running.close();
  removeFolderSync(parent);
});

describe('a folder', () => {
  test('is made when something comes, for its owner only, and its files likewise', async () => {
    const running = await start();
    expect(readdirSync(parent)).toEqual([]);
    await post(running, 'traces', spans(1));
    await post(running, 'metrics', { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm' }] }] }] });
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    const names = readdirSync(dir).sort();
    const own = new RegExp(`^received-${process.pid}-[\\da-f-]{36}\\.(metrics|traces)\\.jsonl$`);
    expect(names).toEqual([expect.stringMatching(own), expect.stringMatching(own)]);
    for (const name of names) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  });

  test('is shared by several receivers without mixing their lines', async () => {
    const receivers = await Promise.all([start(), start(), start()]);
    const sends = receivers.flatMap((running, i) =>
      Array.from({ length: 20 }, (_, k) => post(running, 'traces', spans(3, `${i}/${k}`))),
    );
    expect(new Set((await Promise.all(sends)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(readdirSync(dir)).toHaveLength(3);
    const names = linesOf(dir, 'traces').flatMap((line) => spansIn(line).map(({ name }) => name));
    expect(names).toHaveLength(180);
    expect(new Set(names).size).toBe(60);
  });

  test('that is removed meanwhile is made again', async () => {
    const running = await start();
    await post(running, 'traces', spans(1));
    rmSync(dir, { recursive: true });
    expect(await post(running, 'traces', spans(2))).toMatchObject({ status: 200 });
    expect(linesOf(dir, 'traces').flatMap(spansIn)).toHaveLength(2);
  });

  test('keeps the files that are there, however many', async () => {
    mkdirSync(dir);
    for (let n = 0; n < 510; n += 1) writeFileSync(join(dir, `old-${n}.traces.jsonl`), '');
    await post(await start(), 'traces', spans(1));
    expect(readdirSync(dir)).toHaveLength(511);
  });
});

describe('a request of many spans', () => {
  test('becomes lines of 4 MB at most, with every span once and in order', async () => {
    const running = await start();
    const request = spans(30, 'n', 'x'.repeat(500_000));
    expect(await post(running, 'traces', request)).toMatchObject({ status: 200, text: '{}' });
    const lines = linesOf(dir, 'traces');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(lines.flatMap(spansIn)).toEqual(spansIn(JSON.stringify(request)));
    const [resource] = JSON.parse(lines[1] ?? '{}').resourceSpans;
    expect(resource.resource).toEqual(request.resourceSpans[0]?.resource);
    expect(resource.scopeSpans[0].scope).toEqual({ name: 'test' });
    expect(readdirSync(dir)).toHaveLength(1);
  });

  test('is divided between resources and scopes too', async () => {
    const running = await start();
    const [one] = spans(5, 'n', 'x'.repeat(500_000)).resourceSpans;
    const request = { resourceSpans: [one, one, one] };
    expect(await post(running, 'traces', request)).toMatchObject({ status: 200 });
    expect(linesOf(dir, 'traces').flatMap(spansIn)).toEqual(spansIn(JSON.stringify(request)));
  });

  test('that are too large for any line is taken without those', async () => {
    const running = await start();
    // Control characters take six bytes each in JSON.
    const request = spans(2);
    Object.assign(request.resourceSpans[0]?.scopeSpans[0]?.spans[0] ?? {}, {
      name: '\u0001'.repeat(9_000_000),
    });
    const answer = await post(running, 'traces', request);
    expect(JSON.parse(answer.text)).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: 'not kept: too large for a line of a file' },
    });
    expect(linesOf(dir, 'traces').flatMap(spansIn)).toHaveLength(1);
  });

  test('below a large resource stays one line: divided, it would hold the resource as often', async () => {
    const running = await start();
    const request = spans(50);
    const resource = { attributes: [{ key: 'large', value: { stringValue: 'x'.repeat(5_000_000) } }] };
    Object.assign(request.resourceSpans[0] ?? {}, { resource });
    expect(await post(running, 'traces', request)).toMatchObject({ status: 200, text: '{}' });
    const lines = linesOf(dir, 'traces');
    expect(lines).toHaveLength(1);
    expect(lines.flatMap(spansIn)).toHaveLength(50);
  });

  test('below a resource that is too large for any line is told how many were not kept', async () => {
    const running = await start();
    const resource = { attributes: [{ key: 'large', value: { stringValue: '\u0001'.repeat(9_000_000) } }] };
    const [traces] = spans(3).resourceSpans;
    const gauge = {
      dataPoints: [
        { timeUnixNano: '1', asInt: '1' },
        { timeUnixNano: '2', asInt: '1' },
      ],
    };
    const metrics = [
      { name: 'one', gauge },
      { name: 'other', gauge },
    ];
    const answers = [
      await post(running, 'traces', { resourceSpans: [{ ...traces, resource }] }),
      await post(running, 'metrics', { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }),
    ];
    expect(answers.map(({ text }) => JSON.parse(text).partialSuccess)).toEqual([
      expect.objectContaining({ rejectedSpans: '3' }),
      expect.objectContaining({ rejectedDataPoints: '4' }),
    ]);
    expect(linesOf(dir, 'traces')).toEqual([]);
  });
});

describe('a folder that cannot be written to', () => {
  test('makes senders try again, and is told about once until it works again', async () => {
    const running = await start();
    writeFileSync(dir, 'a file where the folder should be');
    for (let n = 0; n < 3; n += 1) {
      const answer = await post(running, 'traces', spans(1));
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('10');
      expect(JSON.parse(answer.text)).toEqual({ message: 'what was sent cannot be written at the moment' });
    }
    expect(running.warnings).toEqual([
      expect.stringMatching(/^cannot write to .*recorded: .*; senders are told to try again$/),
    ]);
    expect(running.written).toEqual([]);
    rmSync(dir);
    for (let n = 0; n < 2; n += 1) expect((await post(running, 'traces', spans(1))).status).toBe(200);
    expect(running.warnings.slice(1)).toEqual([`writing to ${dir} again`]);
  });

  test('has no half of a line where the disk is full, and goes on behind the last whole one', () => {
    const program = join(__dirname, 'lines-limited.ts');
    const args = ['--import', 'tsx', program, dir, '2000', '500000', '1000'];
    // Blocks of 512 or 1,024 bytes.
    const command = `ulimit -f 100; exec "$0" "$@"`;
    const { stdout } = spawnSync('sh', ['-c', command, process.execPath, ...args], { encoding: 'utf8' });
    expect(stdout.split('\n')).toEqual(['written', 'EFBIG', 'written', '']);
    expect(linesOf(dir, 'traces').map((line) => JSON.parse(line).x.length)).toEqual([2000, 1000]);
  });
});

test('a listener that fails does not make the sender send again', async () => {
  const running = await start({
    onWritten: () => {
      throw new Error('no');
    },
  });
  expect(await post(running, 'traces', spans(1))).toMatchObject({ status: 200 });
  expect(running.warnings).toEqual([expect.stringMatching(/no/)]);
});

async function start(options: Parameters<typeof run>[0] = {}): Promise<Running> {
  const running = await run({ dir, maxBodyBytes: 64 * 1024 * 1024, ...options });
  started.push(running);
  return running;
}

async function post({ url }: Running, signal: 'traces' | 'metrics', request: object) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/${signal}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(request),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function spans(count: number, name = 'ping', text = '') {
  const made = Array.from({ length: count }, (_, i) => ({
    traceId: 'ab'.repeat(16),
    spanId: (i + 1).toString(16).padStart(16, '0'),
    name,
    startTimeUnixNano: '1795179600000000001',
    ...(text !== '' && { attributes: [{ key: 'text', value: { stringValue: `${i} ${text}` } }] }),
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'test' }, spans: made }] }] };
}

function spansIn(line: string): any[] {
  return JSON.parse(line).resourceSpans.flatMap(({ scopeSpans }: any) =>
    scopeSpans.flatMap((scope: any) => scope.spans),
  );
}
