import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import manifest from '../../package.json';
import { bundle, programFile, REGISTER, serverText, VISITED } from '../register/support.ts';
import { built, ensureBuilt } from '../support/built.ts';
import { type ChildOptions, type Exit, killChildren, startChild } from '../support/child.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { ANSWERS, type Format, preloading, telemetryText, VISIT } from './support.ts';

beforeAll(ensureBuilt, 60_000);

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(async () => {
  killChildren();
  await sink.close();
});

/** Lets a client visit a program and go; what its telemetry exports comes to the sink. */
async function visit(program: string, nodeOptions: string[], env: ChildOptions['env'] = {}): Promise<Exit> {
  const child = startChild(program, { nodeOptions, env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env } });
  child.send(...VISIT);
  await child.lines(ANSWERS);
  child.endStdin();
  return child.exited;
}

const names = (): string[] => sink.spans.map(({ name }) => name).sort();
const serverProgram = (sdk: 'v1' | 'v2', format: Format, before = ''): Promise<string> =>
  bundle(serverText(sdk, before), { format, packages: 'external' });

describe('servers are found as their SDK is loaded:', () => {
  test.each(
    (['v1', 'v2'] as const).flatMap((sdk) => (['esm', 'cjs'] as const).map((format) => ({ sdk, format }))),
  )('$sdk as $format', async ({ sdk, format }) => {
    const program = await serverProgram(sdk, format);
    const [bare, observed] = await Promise.all([
      visit(program, []),
      visit(program, preloading(format, telemetryText(format))),
    ]);
    expect(observed).toEqual(bare);
    expect(observed).toMatchObject({ code: 0, stderr: '' });
    expect(names()).toEqual(VISITED);
    for (const { resource } of sink.spans) expect(resource['service.name']).toBe('the-application');
    const failed = sink.spans.find(({ name }) => name === 'tools/call fail');
    // The exception shows in the server that the application has, not in the one beneath it.
    expect(failed?.attributes['exception.type']).toBe('RangeError');
    for (const metric of ['mcp.server.operation.duration', 'mcp.server.client_session.duration']) {
      expect(sink.metricNames).toContain(metric);
    }
  });

  test('as CommonJS before the instrumentation is made', async () => {
    const program = await serverProgram('v1', 'cjs', 'require(process.env.TELEMETRY);');
    const telemetry = programFile('telemetry.cjs', telemetryText('cjs'));
    const exit = await visit(program, [], { TELEMETRY: telemetry });
    expect(exit).toMatchObject({ code: 0, stderr: '' });
    expect(names()).toEqual(VISITED);
  });

  test('as CommonJS by a framework that an ESM program imports', async () => {
    const framework = await serverProgram('v1', 'cjs');
    const program = programFile('main.mjs', `import ${JSON.stringify(framework)};`);
    const exit = await visit(program, preloading('esm', telemetryText('esm')));
    expect(exit).toMatchObject({ code: 0, stderr: '' });
    expect(names()).toEqual(VISITED);
  });

  test('by a server that is connected past the one around it', async () => {
    const connect = 'server.server.connect(new StdioServerTransport())';
    const program = await bundle(serverText('v1', '', connect), { format: 'cjs', packages: 'external' });
    await visit(program, preloading('cjs', telemetryText('cjs')));
    // Which tools are registered, the server beneath does not know.
    expect(names()).toEqual(VISITED.map((name) => (name === 'tools/call fail' ? 'tools/call' : name)));
  });
});

describe('one server is observed once', () => {
  test.each(['esm', 'cjs'] as const)('with register loaded before as well, as %s', async (format) => {
    const program = await serverProgram('v1', format);
    const options = ['--import', REGISTER, ...preloading(format, telemetryText(format))];
    const exit = await visit(program, options);
    expect(exit).toMatchObject({ code: 0, stderr: '' });
    expect(names()).toEqual(VISITED);
  });

  test('and stays with the manager that the application has for it', async () => {
    const own = "instrumentServer(server, { sessionKey: () => 'its-own' });";
    const text = `import { instrumentServer } from ${JSON.stringify(built.cjs)};\n${serverText('v1', own)}`;
    const program = await bundle(text, { format: 'cjs', packages: 'external', external: [built.cjs] });
    await visit(program, preloading('cjs', telemetryText('cjs')));
    expect(names().filter((name) => name.startsWith('tools/call'))).toEqual([
      'tools/call fail',
      'tools/call greet',
    ]);
    const [call] = sink.spans.filter(({ name }) => name === 'tools/call greet');
    expect(call?.attributes['mcp.client.session.source']).toBe('application');
  });

  test('where there are two instrumentations', async () => {
    const program = await serverProgram('v2', 'cjs');
    const two = '[new McpInstrumentation(), new McpInstrumentation()]';
    await visit(program, preloading('cjs', telemetryText('cjs', two)));
    expect(names()).toEqual(VISITED);
  });
});

describe('sessions get their end', () => {
  test.each(['esm', 'cjs'] as const)('where a signal shuts the providers down, as %s', async (format) => {
    const program = await serverProgram('v1', format);
    const child = startChild(program, {
      nodeOptions: preloading(format, telemetryText(format)),
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    });
    child.send(...VISIT);
    await child.lines(ANSWERS);
    child.kill('SIGTERM');
    expect(await child.exited).toMatchObject({ code: 0, stderr: '' });
    expect(names()).toEqual(VISITED);
    const end = sink.spans.find(({ name }) => name === 'mcp.session end');
    expect(end?.attributes['mcp.client.session.end_reason']).toBe('server_shutdown');
    expect(sink.metricNames).toContain('mcp.server.session.duration');
  });
});

test('nothing is recorded where OTEL_SDK_DISABLED says so', async () => {
  const program = await serverProgram('v1', 'cjs');
  const exit = await visit(program, preloading('cjs', telemetryText('cjs')), { OTEL_SDK_DISABLED: 'true' });
  expect(exit).toMatchObject({ code: 0, stderr: '' });
  expect(names()).toEqual([]);
});

test('nobody is kept from installing the package by what only this entry needs', () => {
  // npm refuses an application with another version than an optional peer names, whether it uses this entry or not.
  expect(manifest.peerDependencies['@opentelemetry/instrumentation']).toBe('*');
  expect(manifest.peerDependenciesMeta['@opentelemetry/instrumentation']).toEqual({ optional: true });
});

test('the entry holds nothing that the package holds', () => {
  const dist = join(__dirname, '../../dist');
  const text = readFileSync(join(dist, 'instrumentation.cjs'), 'utf8');
  expect(text).toContain('./index.cjs');
  expect(text.length).toBeLessThan(20_000);
  expect(readFileSync(join(dist, 'instrumentation.js'), 'utf8').length).toBeLessThan(200);
});
