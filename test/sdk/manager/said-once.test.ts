import { afterEach, expect, test } from '@jest/globals';
import { instrumentServer } from '../../../src/sdk/instrument-server.ts';
import { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import { stderrOf } from '../../support/stderr.ts';
import { v1Server } from '../../support/v1.ts';

const managers: TelemetryManager[] = [];
const keep = (manager: TelemetryManager): TelemetryManager => {
  managers.push(manager);
  return manager;
};

afterEach(async () => {
  delete process.env['OTEL_TRACES_EXPORTER'];
  await Promise.all(managers.splice(0).map((manager) => manager.shutdown()));
});

test('a wrong variable or option is said once, whatever the number of managers', async () => {
  process.env['OTEL_TRACES_EXPORTER'] = 'zipkin';
  const config = { exporterType: 'none', servername: 'misspelled' } as object;
  const said = await stderrOf(async () => {
    for (let i = 0; i < 3; i += 1) keep(new TelemetryManager(config));
  });
  expect(said).toBe(
    "mcp-sessionscope: unknown option 'servername' is ignored; did you mean 'serverName'?\n" +
      "mcp-sessionscope: OTEL_TRACES_EXPORTER is ignored: it takes otlp, console or none, got 'zipkin'\n",
  );
});

test('a server stays with its first manager, and that another one was asked is said once', async () => {
  const server = v1Server();
  const said = await stderrOf(async () => {
    const first = keep(instrumentServer(server, { exporterType: 'none' }));
    first.instrument(server.server);
    expect(instrumentServer(server, { exporterType: 'none' })).toBe(first);
  });
  expect(said).toBe('');
  const again = await stderrOf(async () => {
    for (const serverName of ['one', 'another']) {
      keep(instrumentServer(server, { exporterType: 'none', serverName }));
    }
  });
  expect(again).toBe('mcp-sessionscope: a server is instrumented already: it stays with its first manager\n');
});

test('a factory that makes a manager per server is told so once, at the tenth that is alive', async () => {
  const create = (): void =>
    void keep(instrumentServer(v1Server(), { exporterType: 'none', sessionKey: () => undefined }));
  const said = await stderrOf(async () => {
    for (let i = 0; i < 9; i += 1) create();
    await managers.pop()?.shutdown();
    create();
  });
  expect(said).toBe('');
  const full = await stderrOf(async () => {
    for (let i = 0; i < 3; i += 1) create();
  });
  expect(full).toBe(
    'mcp-sessionscope: 10 managers are alive in this process: ' +
      'build one TelemetryManager for the servers of a factory\n',
  );
});
