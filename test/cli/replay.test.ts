import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { logLine, logRecord, otlpLine, otlpSpan, withRecording } from '../explorer/support.ts';
import { type OtlpReceiver, startReceiver } from '../support/otlp-receiver.ts';
import { runCli } from './support.ts';

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

let made = 0;
/** Lines of one span each. */
function lines(count: number): string[] {
  return Array.from({ length: count }, () => {
    made += 1;
    return otlpLine([otlpSpan({ id: made.toString(16).padStart(16, '0'), at: made })]);
  });
}

function metricLine(at: number): string {
  const dataPoints = [{ asInt: '9007199254740993', timeUnixNano: `1795179600${at}000000000` }];
  const metrics = [{ name: 'm', sum: { dataPoints, aggregationTemporality: 2, isMonotonic: true } }];
  return JSON.stringify({ resourceMetrics: [{ resource: {}, scopeMetrics: [{ metrics }] }] });
}

const LOG_LINE = logLine([logRecord({ at: 1 })]);

/** Where Linux tells when a process began. */
function startOf(pid: number): string | undefined {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) ? readFileSync(path, 'utf8').split(') ')[1]?.split(' ')[19] : undefined;
}

const replay = (path: string, ...options: string[]) =>
  runCli(['replay', path, '--endpoint', receiver.url, ...options], { now: Date.now });

const bodies = (): string[] => receiver.requests.map(({ raw }) => raw.toString());

describe('replay', () => {
  test('sends every line as it stands, each to the path of its signal, in the order of writing', async () => {
    // A number that JavaScript would round, and a character of two bytes.
    const odd = lines(1)[0]!.replace('"name":"span"', '"name":"sp\u00e4n","big":9007199254740993.10');
    const [second, tenth] = lines(2) as [string, string];
    const files = {
      'a.traces.jsonl': [odd],
      'a.traces.10.jsonl': [tenth],
      'a.traces.2.jsonl': [second],
      'a.metrics.jsonl': [metricLine(1)],
      'a.logs.jsonl': [LOG_LINE],
      'notes.txt': 'no',
    };
    await withRecording(files, async (dir) => {
      const { code, stdout, stderr } = await replay(dir);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toBe(
        'sent 5 lines with 3 spans, 1 data point and 1 log record of 5 files in 5 requests\n',
      );
      expect(bodies()).toEqual([LOG_LINE, metricLine(1), odd, second, tenth]);
      expect(receiver.requests.map(({ path }) => path)).toEqual([
        '/v1/logs',
        '/v1/metrics',
        '/v1/traces',
        '/v1/traces',
        '/v1/traces',
      ]);
      expect(receiver.requests[0]?.headers['content-type']).toBe('application/json');
    });
  });

  test('puts up to --batch lines into one request, every byte of them kept', async () => {
    const five = lines(5);
    await withRecording({ 'a.traces.jsonl': five }, async (dir) => {
      const { stdout } = await replay(dir, '--batch', '2');
      expect(stdout).toBe('sent 5 lines with 5 spans of 1 file in 3 requests\n');
      const inner = five.map((line) => line.slice('{"resourceSpans":['.length, -2));
      expect(bodies()).toEqual([
        `{"resourceSpans":[${inner[0]},${inner[1]}]}`,
        `{"resourceSpans":[${inner[2]},${inner[3]}]}`,
        five[4],
      ]);
    });
  });

  test('sends nothing a second time, and later only what has been written since', async () => {
    const [first, second] = [lines(3), lines(2)];
    await withRecording({ 'a.traces.jsonl': first }, async (dir) => {
      await replay(dir);
      const again = await replay(dir);
      expect(again).toEqual({
        code: 0,
        stdout: 'sent 0 lines of 0 files in 0 requests; 3 lines were dealt with before\n',
        stderr: '',
      });
      appendFileSync(join(dir, 'a.traces.jsonl'), `${second.join('\n')}\n`);
      await replay(dir);
      expect(bodies()).toEqual([...first, ...second]);
    });
  });

  test('knows a file that was renamed, and one that was copied', async () => {
    await withRecording({ 'a.traces.jsonl': lines(2) }, async (dir) => {
      await replay(dir);
      renameSync(join(dir, 'a.traces.jsonl'), join(dir, 'b.jsonl'));
      cpSync(join(dir, 'b.jsonl'), join(dir, 'c.jsonl'));
      const { code, stderr } = await replay(dir);
      expect(code).toBe(0);
      expect(stderr).toContain('c.jsonl begins like');
      expect(receiver.requests).toHaveLength(2);
    });
  });

  test('sends to another receiver what this one has', async () => {
    const other = await startReceiver();
    await withRecording({ 'a.traces.jsonl': lines(2) }, async (dir) => {
      await replay(dir);
      await runCli(['replay', dir, '--endpoint', `${other.url}/v1/`]);
      expect(other.requests.map(({ raw }) => raw.toString())).toEqual(bodies());
    });
    await other.close();
  });

  test('names broken lines and sends the rest', async () => {
    const [a, b] = lines(2) as [string, string];
    const content = `${a}\n{"resourceSpans":\n\n[1]\n{"resourceSpans":[]}\n{"x":1}\n${b}\n{"resourceSpans":[{`;
    await withRecording({ 'a.traces.jsonl': content }, async (dir) => {
      const { code, stdout, stderr } = await replay(dir);
      expect(stderr.split('\n')).toEqual([
        'mcp-sessionscope: a.traces.jsonl:2 is not OTLP JSON: left out',
        'mcp-sessionscope: a.traces.jsonl:4 is not OTLP JSON: left out',
        'mcp-sessionscope: a.traces.jsonl:6 is not OTLP JSON: left out',
        'mcp-sessionscope: a.traces.jsonl:8 is not finished: left for the next time',
        '',
      ]);
      expect(code).toBe(0);
      expect(stdout).toBe(
        'sent 2 lines with 2 spans of 1 file in 2 requests; 3 lines were broken and left out\n',
      );
      expect(bodies()).toEqual([a, b]);
    });
  });

  test('sends a line that was not finished when it is', async () => {
    const [a, b] = lines(2) as [string, string];
    await withRecording({ 'a.traces.jsonl': `${a}\n${b.slice(0, 50)}` }, async (dir) => {
      await replay(dir);
      appendFileSync(join(dir, 'a.traces.jsonl'), `${b.slice(50)}\n`);
      const { stderr } = await replay(dir);
      expect(stderr).toBe('');
      expect(bodies()).toEqual([a, b]);
    });
  });

  test('tries again what the receiver is too busy for, when it wishes, and says so', async () => {
    const three = lines(3);
    const busy = [429, 502, 503, 504];
    receiver.answer = (_, index) =>
      index < busy.length ? { status: busy[index]!, headers: { 'retry-after': '0' } } : { status: 200 };
    await withRecording({ 'a.traces.jsonl': three }, async (dir) => {
      const { code, stderr } = await replay(dir);
      expect(code).toBe(0);
      expect(bodies()).toEqual([...busy.map(() => three[0]), ...three]);
      expect(stderr).toContain('/v1/traces is overloaded (HTTP 429); trying again in 0.0 s');
    });
  });

  test('gives up after --retry-for, and goes on there the next time', async () => {
    receiver.answer = (_, index) =>
      index === 1 ? { status: 503, headers: { 'retry-after': '120' } } : { status: 200 };
    const three = lines(3);
    await withRecording({ 'a.traces.jsonl': three }, async (dir) => {
      const first = await replay(dir, '--retry-for', '5s');
      expect(first.code).toBe(1);
      expect(first.stderr).toContain('stopped at a.traces.jsonl:2: ');
      expect(first.stderr).toContain('(HTTP 503); it asks to come back in 120 s');
      expect(await replay(dir)).toMatchObject({ code: 0, stderr: '' });
      expect(bodies()).toEqual([three[0], three[1], three[1], three[2]]);
    });
  });

  test('waits for a receiver that goes away and comes back', async () => {
    const { port } = receiver;
    const four = lines(4);
    await withRecording({ 'a.traces.jsonl': four }, async (dir) => {
      const before: string[] = [];
      receiver.answer = (_, index) => {
        if (index === 1) setImmediate(() => receiver.close());
        return { status: 200, headers: { connection: 'close' } };
      };
      const running = replay(dir, '--retry-for', '20s');
      await receiver.received(2);
      before.push(...bodies());
      await new Promise((resolve) => setTimeout(resolve, 300));
      receiver = await startReceiver(port);
      const { code, stderr } = await running;
      expect(stderr).toContain('(connection refused); trying again in');
      expect([...before, ...bodies()]).toEqual(four);
      expect(code).toBe(0);
    });
  });

  test.each([
    [400, { message: 'bad id' }, 'did not take the request (HTTP 400): {"message":"bad id"}', ''],
    [401, '', 'asks for credentials (HTTP 401)', 'OTEL_EXPORTER_OTLP_HEADERS'],
    [403, '', 'does not allow it (HTTP 403)', 'OTEL_EXPORTER_OTLP_HEADERS'],
    [404, '', 'takes no OTLP at this path (HTTP 404)', '/v1/traces and /v1/metrics are added'],
    [413, '', 'finds the request too large (HTTP 413)', 'Raise the limit'],
    [415, '', 'does not take OTLP as JSON (HTTP 415)', 'OpenTelemetry Collector'],
    [500, 'oops', 'answered with HTTP 500: oops', 'Look at its log'],
    [200, '<!doctype html><title>Hello</title>', 'answered with a web page (HTTP 200)', 'OTLP/HTTP receiver'],
  ])('stops at HTTP %d %j and says where, why and what to do', async (status, body, what, fix) => {
    const three = lines(3);
    receiver.answer = (_, index) => (index === 1 ? { status, body } : { status: 200 });
    await withRecording({ 'a.traces.jsonl': three }, async (dir) => {
      const first = await replay(dir);
      expect(first.code).toBe(1);
      expect(first.stderr).toContain(`stopped at a.traces.jsonl:2: ${receiver.url}/v1/traces ${what}`);
      expect(first.stderr).toContain(fix);
      expect(first.stdout).toBe('sent 1 line with 1 span of 1 file in 1 request\n');
      expect(await replay(dir)).toMatchObject({ code: 0 });
      expect(bodies()).toEqual([three[0], three[1], three[1], three[2]]);
    });
  });

  test('leaves out what is refused, with --skip-refused, and says so', async () => {
    receiver.answer = (_, index) => ({ status: index === 1 ? 400 : 200 });
    await withRecording({ 'a.traces.jsonl': lines(3) }, async (dir) => {
      const { code, stdout, stderr } = await replay(dir, '--skip-refused');
      expect(code).toBe(1);
      expect(stdout).toBe(
        'sent 2 lines with 2 spans of 1 file in 2 requests; 1 request was refused and left out\n',
      );
      expect(stderr).toContain('a.traces.jsonl:2 is left out: ');
      expect(await replay(dir)).toMatchObject({ code: 0, stderr: '' });
      expect(receiver.requests).toHaveLength(3);
    });
  });

  test('tells what the receiver took and threw away', async () => {
    const partialSuccess = { rejectedSpans: '1', errorMessage: 'too old\u001b[2J' };
    receiver.answer = (_, index) => ({ status: 200, body: index === 0 ? { partialSuccess } : {} });
    await withRecording({ 'a.traces.jsonl': lines(2) }, async (dir) => {
      const { code, stdout, stderr } = await replay(dir);
      expect(code).toBe(1);
      expect(stderr).toContain(
        'a.traces.jsonl:1 was sent; the receiver threw away 1 of 1 span: too old\\x1b[2J\n',
      );
      expect(stdout).toContain('; the receiver threw away 1 item\n');
    });
  });

  test.each([
    ['the connection is cut', 'reset' as const, 'closed the connection without an answer'],
    ['no answer comes', 'hold' as const, 'did not answer in time'],
  ])('names what may have arrived where %s, and does not send it again', async (_, answer, why) => {
    const three = lines(3);
    receiver.answer = (__, index) => (index === 1 ? answer : { status: 200 });
    await withRecording({ 'a.traces.jsonl': three }, async (dir) => {
      const first = await replay(dir, '--timeout', '0.3s');
      expect(first.code).toBe(1);
      expect(first.stderr).toContain('a.traces.jsonl:2 may or may not have arrived: ');
      expect(first.stderr).toContain(why);
      const second = await replay(dir);
      expect(second.code).toBe(1);
      expect(second.stderr).toContain('a.traces.jsonl:2 may or may not have arrived');
      expect(bodies()).toEqual(three);
      const third = await replay(dir, '--resend-unsure');
      expect(third).toMatchObject({ code: 0, stderr: '' });
      expect(bodies()).toEqual([...three, three[1]]);
      expect(await replay(dir)).toMatchObject({ code: 0, stderr: '' });
      expect(receiver.requests).toHaveLength(4);
    });
  });

  test('goes on where a file is removed by the server that writes it', async () => {
    const files = { 'a.traces.jsonl': lines(1), 'b.traces.jsonl': lines(1), 'c.traces.jsonl': lines(1) };
    await withRecording(files, async (dir) => {
      receiver.answer = (_, index) => {
        if (index === 0) rmSync(join(dir, 'b.traces.jsonl'));
        return { status: 200 };
      };
      const { code, stdout, stderr } = await replay(dir);
      expect(code).toBe(0);
      expect(stderr).toBe('mcp-sessionscope: b.traces.jsonl was removed meanwhile: left out\n');
      expect(stdout).toBe('sent 2 lines with 2 spans of 2 files in 2 requests\n');
    });
  });

  test('draws its progress on a terminal, and clears it', async () => {
    await withRecording({ 'a.traces.jsonl': lines(3) }, async (dir) => {
      receiver.answer = async () => {
        await new Promise((resolve) => setTimeout(resolve, 120));
        return { status: 200 };
      };
      const io = { now: Date.now, isStderrTTY: true };
      const { stderr } = await runCli(['replay', dir, '--endpoint', receiver.url], io);
      expect(stderr).toContain('\r33 %: 1 line, 1 span in 1 request\u001b[K');
      expect(stderr.endsWith('\r\u001b[K')).toBe(true);
    });
  });

  test('with --dry-run counts and sends nothing, and writes nothing', async () => {
    const files = { 'a.traces.jsonl': [...lines(4), 'x'], 'a.metrics.jsonl': [metricLine(1)] };
    await withRecording(files, async (dir) => {
      const { code, stdout } = await replay(dir, '--dry-run', '--batch', '3');
      expect(code).toBe(0);
      expect(stdout).toBe(
        'would send 5 lines with 4 spans and 1 data point of 2 files in 3 requests; 1 line was broken and left out\n',
      );
      expect(receiver.requests).toEqual([]);
      expect(readdirSync(dir).sort()).toEqual(['a.metrics.jsonl', 'a.traces.jsonl']);
    });
  });

  test('sends the headers of the command and of the environment, and shows none', async () => {
    await withRecording({ 'a.traces.jsonl': lines(1) }, async (dir) => {
      receiver.answer = () => ({ status: 401 });
      const env = {
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20s3cret,x-a=1',
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-a=2',
      };
      const endpoint = receiver.url.replace('http://', 'http://me:hidden@');
      const argv = ['replay', dir, '--endpoint', endpoint, '--header', 'X-B=3', '--header', 'x-c=a=b'];
      const { stdout, stderr } = await runCli(argv, { env });
      expect(receiver.requests[0]?.headers).toMatchObject({
        authorization: 'Bearer s3cret',
        'x-a': '2',
        'x-b': '3',
        'x-c': 'a=b',
      });
      expect(stdout + stderr).not.toMatch(/s3cret|hidden/);
      expect(readFileSync(join(dir, '.mcp-sessionscope-replay'), 'utf8')).not.toMatch(/s3cret|hidden/);
    });
  });

  test('keeps the state where --state says', async () => {
    await withRecording({ 'a.traces.jsonl': lines(1) }, async (dir) => {
      await withRecording({}, async (elsewhere) => {
        const state = join(elsewhere, 'state');
        await replay(dir, '--state', state);
        await replay(dir, '--state', state);
        expect(receiver.requests).toHaveLength(1);
        expect(readdirSync(dir)).toEqual(['a.traces.jsonl']);
        expect(readdirSync(elsewhere)).toEqual(['state']);
        const { code, stderr } = await replay(dir, '--state', join(dir, 'no/such/state'));
        expect(code).toBe(1);
        expect(stderr).toContain('Name another place with --state FILE');
      });
    });
  });

  test.each([
    ['of a living process', { host: hostname(), pid: process.ppid, started: startOf(process.ppid) }, true],
    ['of another machine', { host: 'elsewhere', pid: 1, started: '1' }, true],
    ['of a process that is gone', { host: hostname(), pid: 2 ** 22 + 1, started: '1' }, false],
    ['of a process whose number another one has now', { host: hostname(), pid: 1, started: '1' }, false],
  ])('minds the lock %s', async (_, holder, isHeld) => {
    await withRecording({ 'a.traces.jsonl': lines(1) }, async (dir) => {
      writeFileSync(join(dir, '.mcp-sessionscope-replay.lock'), `${JSON.stringify(holder)}\n`);
      const { code, stderr } = await replay(dir);
      expect(code).toBe(isHeld ? 1 : 0);
      const message = `another replay (process ${holder.pid} on ${holder.host}) sends from here`;
      expect(stderr.includes(message)).toBe(isHeld);
      expect(receiver.requests).toHaveLength(isHeld ? 0 : 1);
      expect(existsSync(join(dir, '.mcp-sessionscope-replay.lock'))).toBe(isHeld);
    });
  });
});

describe('a replay that cannot begin', () => {
  test('says that https:// stands where http:// is spoken', async () => {
    await withRecording({ 'a.traces.jsonl': lines(1) }, async (dir) => {
      const endpoint = `https://127.0.0.1:${receiver.port}`;
      const { code, stderr } = await runCli(['replay', dir, '--endpoint', endpoint]);
      expect(code).toBe(1);
      expect(stderr).toContain('does not speak TLS (wrong version number)');
      expect(stderr).toContain('use http:// instead of https://');
    });
  });

  test('says that nothing listens, at once', async () => {
    await withRecording({ 'a.traces.jsonl': lines(1) }, async (dir) => {
      await receiver.close();
      const { code, stderr } = await replay(dir);
      expect(code).toBe(1);
      expect(stderr).toContain(`nothing listens at 127.0.0.1:${receiver.port} (connection refused)`);
      expect(stderr).toContain(
        `Start \`npx mcp-sessionscope ui --otlp-port ${receiver.port}\` or a collector.`,
      );
    });
  });

  test.each([
    [['x', '--endpoint', 'localhost:4318'], 2, 'Give an http(s) URL such as http://localhost:4318'],
    [['x'], 2, "required option '--endpoint <url>' not specified"],
    [['x', '--endpoint', 'http://h', '--header', 'nothing'], 2, 'Give a header as name=value.'],
    [['x.jsonl.gz', '--endpoint', 'http://h'], 1, 'is compressed: unpack it first'],
    [['/nowhere/at/all', '--endpoint', 'http://h'], 1, 'there is no /nowhere/at/all'],
  ])('%j ends with %d', async (argv, expected, message) => {
    const { code, stderr } = await runCli(['replay', ...argv]);
    expect(stderr).toContain(message);
    expect(code).toBe(expected);
  });
});
