import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { resolveConfig } from '../../src/sdk/config/resolve.ts';
import { hiderOf, shownUrl, withoutSecrets } from '../../src/sdk/config/shown.ts';
import { runCli } from '../cli/support.ts';
import { otlpLine, otlpSpan, withRecording } from '../explorer/support.ts';
import { observe, setEnvironment, shutDownAll } from '../sdk/export/support.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { stderrOf } from '../support/stderr.ts';

const SECRET = 'hunter2';

/** URLs as people write them, with a password in them. */
const MALFORMED = [
  `user:${SECRET}@host:4318`,
  `http:/user:${SECRET}@host`,
  `http:user:${SECRET}@host`,
  `https//user:${SECRET}@host`,
  `http:\\\\user:${SECRET}@host`,
  `http://user:pass ${SECRET}@host:port`,
  `http://user:a/${SECRET}@host`,
  `http://user:a#${SECRET}@host:port`,
  `grpc://user:${SECRET}@host:4317`,
  `host:4318?api_key=${SECRET}`,
  `host:4318/#token=${SECRET}`,
  `"http://user:${SECRET}@host"`,
];

let sink: OtlpSink;
beforeEach(async () => {
  setEnvironment();
  sink = await startOtlpSink();
});
afterEach(async () => {
  await shutDownAll();
  setEnvironment();
  await sink.close();
});

// Malformed URLs were echoed with their credentials, and so were options and answers.
describe.each(MALFORMED)('%s', (url) => {
  test('is refused in code without its secret', () => {
    let message = '';
    try {
      resolveConfig({ exporterEndpoint: url }, {}, () => {});
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/exporterEndpoint must be/);
    expect(message).not.toContain(SECRET);
  });

  test('is ignored in the environment without its secret, and `doctor` shows it without', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_EXPORTER: url, OTEL_SERVICE_NAME: url };
    const said: string[] = [];
    resolveConfig({}, env, (line) => said.push(line));
    expect(said).toHaveLength(2);
    expect(said.join()).not.toContain(SECRET);
    const { stdout, stderr } = await runCli(['doctor', '--json', '--endpoint', sink.url], { env });
    expect(stdout + stderr).not.toContain(SECRET);
  });

  test.each([
    ['doctor', '--endpoint'],
    ['replay', 'path', '--endpoint'],
    ['dashboards', 'import', '--url'],
  ])('is refused by `%s %s` without its secret', async (...argv) => {
    const { code, stdout, stderr } = await runCli([...argv.filter(Boolean), url]);
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain(SECRET);
  });

  test('is refused in GRAFANA_URL without its secret', async () => {
    const { code, stderr } = await runCli(['dashboards', 'import'], { env: { GRAFANA_URL: url } });
    expect({ code, isShown: stderr.includes(SECRET) }).toEqual({ code: 2, isShown: false });
  });
});

test.each([
  ['replay', 'path', '--endpoint', 'http://localhost:1', '--header', SECRET],
  ['replay', 'path', '--endpoint', 'http://localhost:1', `--header=${SECRET}`],
  ['replay', 'path', '--heder=x=hunter2'],
  ['dashboards', 'import', '--user', SECRET],
  ['dashboards', 'import', `--tokn=${SECRET}`],
  ['dashboards', 'import', '--token', ' ', `--tokn=it's ${SECRET}`],
])('what `%s %s` does not take of a secret option is not repeated', async (...argv) => {
  const { code, stdout, stderr } = await runCli(argv);
  expect(code).toBe(2);
  expect(stderr).toMatch(/error: /);
  expect(stdout + stderr).not.toContain(SECRET);
});

test('what a receiver repeats of the headers is not shown by `doctor` and by `replay`', async () => {
  const basic = `Basic ${Buffer.from(`user:${SECRET}`).toString('base64')}`;
  const body = `you sent {"Authorization":"${basic}"} and x-team=tea-and-biscuits, or user:${SECRET}`;
  sink.answer = () => ({ status: 400, body });
  const url = sink.url.replace('://', `://user:${SECRET}@`);
  const env = {
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(basic)},x-team=tea-and-biscuits`,
  };
  setEnvironment(env);
  const shownBy = async (argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCli(argv, { env });
    expect(code).toBe(1);
    return stdout + stderr;
  };
  await withRecording(
    { 'a.traces.jsonl': [otlpLine([otlpSpan({ id: '1'.repeat(16), at: 1 })])] },
    async (dir) => {
      for (const argv of [['doctor'], ['replay', dir]]) {
        const shown = await shownBy([...argv, '--endpoint', url]);
        expect(shown).toContain('HTTP 400');
        expect(shown).not.toMatch(/hunter2|biscuits/);
        expect(shown).not.toContain(basic.slice(6));
      }
    },
  );
});

test('what a receiver repeats is not shown by a server that exports', async () => {
  sink.answer = () => ({
    status: 200,
    body: JSON.stringify({
      partialSuccess: { rejectedSpans: '1', errorMessage: `refused for Authorization: Bearer abc.${SECRET}` },
    }),
  });
  const said = await stderrOf(async () => {
    const { telemetry } = await observe({
      exporterEndpoint: sink.url,
      exporterAuth: { type: 'bearer', token: `abc.${SECRET}` },
    });
    await telemetry.shutdown();
  });
  expect(said).toContain('refused for Authorization');
  expect(said).not.toContain(SECRET);
});

describe('a text of others', () => {
  test.each([
    ['cannot reach http://user:hunter2@host/path?key=hunter2', 'cannot reach http://…@host/path?…'],
    ['at //hunter2@host', 'at //…@host'],
    ['{"authorization":"Bearer hunter2","a":1}', '{"authorization":"…","a":1}'],
    ['Cookie: a=hunter2; b=hunter2', 'Cookie: …'],
    ["x-api-key: 'hunter2'", "x-api-key: '…'"],
    ['sent Bearer hunter2.abc', 'sent Bearer …'],
  ])('%s is shown as %s', (text, shown) => {
    expect(withoutSecrets(text)).toBe(shown);
  });

  test.each([
    'Basic authentication is required',
    'Set OTEL_EXPORTER_OTLP_HEADERS, for instance to authorization=Bearer%20TOKEN; in code, exporterAuth or exporterHeaders.',
    'nothing listens at 127.0.0.1:4318 (connection refused)',
    'Install one version, see `npm ls @opentelemetry/api`',
    'npm install @opentelemetry/api@1.9',
    'a redirect to https://example.com/login, at 12:30',
    'see https://unpkg.com/mcp@1.2.3/index.js',
    'cannot write to C:\\Users\\me@work\\recordings',
  ])('%s stays as it is', (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });
});

test.each([
  'a:'.repeat(500_000),
  '/'.repeat(1_000_000),
  'authorization: '.repeat(70_000),
  'bearer '.repeat(150_000),
])('a text of a megabyte is looked through in no time', (text) => {
  const started = performance.now();
  expect(withoutSecrets(text).length).toBeLessThan(5_000);
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('secrets that were sent are hidden in every form', () => {
  const hide = hiderOf([`Basic ${Buffer.from('me:pa ss').toString('base64')}`, 'k/e=y1']);
  expect(hide(`bWU6cGEgc3M= me:pa ss pa ss k/e=y1 ${encodeURIComponent('k/e=y1')}`)).toBe('… … … … …');
});

test('a URL that is in order keeps its place', () => {
  expect(shownUrl('localhost:4318')).toBe('localhost:4318');
  expect(shownUrl('/var/lib/recordings')).toBe('/var/lib/recordings');
  expect(shownUrl(`grpc://me:${SECRET}@collector:4317`)).toBe('grpc://…@collector:4317');
});
