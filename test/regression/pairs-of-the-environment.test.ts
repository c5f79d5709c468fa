import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseHeaders, parsePairs } from '../../src/sdk/config/pairs.ts';
import { runCli } from '../cli/support.ts';
import { observe, setEnvironment, shutDownAll } from '../sdk/export/support.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { stderrOf } from '../support/stderr.ts';

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
  Reflect.deleteProperty(globalThis, Symbol.for('mcp-sessionscope.said'));
});
afterEach(async () => {
  await shutDownAll();
  setEnvironment();
  await sink.close();
});

/** What a server in this environment says, and what arrives with what it sends. */
async function recordedWith(env: Record<string, string>) {
  setEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env });
  const said = await stderrOf(async () => {
    const { telemetry } = await observe({});
    await telemetry.shutdown();
  });
  const { headers } = sink.requests.find(({ path }) => path === '/v1/traces') ?? { headers: {} };
  return { said, headers, resource: sink.spans[0]?.resource };
}

const inPart = (name: string, part: number): string =>
  `mcp-sessionscope: ${name} is ignored in part: its part ${part} is no key=value that can be used\n`;

// The parser behind our check was stricter: it dropped headers, or all attributes, without a word.
describe('headers of the environment', () => {
  test('keep a percent sign that encodes nothing, an equals sign and a semicolon', async () => {
    const { said, headers } = await recordedWith({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20dXNlcjo=%,x-key=100%;a=b,x-plain=yes',
    });
    expect(said).toBe('');
    expect(headers).toMatchObject({
      authorization: 'Basic dXNlcjo=%',
      'x-key': '100%;a=b',
      'x-plain': 'yes',
    });
  });

  test('that HTTP does not allow are left out and said, and the others are sent', async () => {
    const { said, headers } = await recordedWith({
      OTEL_EXPORTER_OTLP_HEADERS: 'x-lines=a%0Ab,x key=1,x-plain=yes,x-empty=,nothing',
    });
    expect(said).toBe([1, 2, 4, 5].map((part) => inPart('OTEL_EXPORTER_OTLP_HEADERS', part)).join(''));
    expect(headers).toMatchObject({ 'x-plain': 'yes' });
    expect(headers).not.toHaveProperty('x-lines');
  });
});

describe('attributes of the environment', () => {
  test('keep an equals sign and a percent sign too many', async () => {
    const { said, resource } = await recordedWith({
      OTEL_RESOURCE_ATTRIBUTES: `team=a%20b,query=x=y,load=100%,long=${'x'.repeat(300)},empty=`,
    });
    expect(said).toBe('');
    expect(resource).toMatchObject({
      team: 'a b',
      query: 'x=y',
      load: '100%',
      long: 'x'.repeat(300),
      empty: '',
    });
  });

  test('lose only what is no pair, and that is said', async () => {
    const { said, resource } = await recordedWith({ OTEL_RESOURCE_ATTRIBUTES: 'team=a,novalue,=b,zone=c' });
    expect(said).toBe(inPart('OTEL_RESOURCE_ATTRIBUTES', 2) + inPart('OTEL_RESOURCE_ATTRIBUTES', 3));
    expect(resource).toMatchObject({ team: 'a', zone: 'c' });
  });
});

test('`doctor` shows what is read, sends it, and fails where a part is not', async () => {
  const ran = await runCli(['doctor', '--endpoint', sink.url], {
    env: {
      OTEL_RESOURCE_ATTRIBUTES: 'team=a%20b,novalue,load=100%',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=secret-100%,=oops',
    },
  });
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain('OTEL_RESOURCE_ATTRIBUTES=team=a b,load=100%  (ignored in part)\n');
  expect(ran.stdout).toContain('OTEL_EXPORTER_OTLP_HEADERS=x-key=…  (ignored in part)\n');
  expect(ran.stdout).toContain('OTEL_RESOURCE_ATTRIBUTES is ignored in part: its part 2 is');
  expect(ran.stdout).not.toContain('oops');
  expect(sink.requests[0]?.headers['x-key']).toBe('secret-100%');
  expect(sink.spans[0]?.resource).toMatchObject({ team: 'a b', load: '100%' });
});

test('a key may be called as members of every object are', () => {
  expect(Object.entries(parsePairs('__proto__=1,constructor=2').values)).toEqual([
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
  expect(parseHeaders('X-One=1,x-one=2').values).toEqual({ 'x-one': '2' });
});
