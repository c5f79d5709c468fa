/** npm run stack -- up | down | status: the stack on this machine, without Docker. */
import { once } from 'node:events';
import { ensureBuilt } from '../support/built.ts';
import { onStopSignals } from '../support/stop-signals.ts';
import { formatTable } from '../support/table.ts';
import { type Arguments, HELP, readArguments, UsageError } from './arguments.ts';
import { ensureInstalled } from './install.ts';
import { cacheFolder } from './places.ts';
import { portsAt } from './ports.ts';
import { serviceOf } from './services.ts';
import { type Stack, startStack, urlsOf } from './stack.ts';
import { endAll, forgetStarted, healthOf, readStarted, type Started, writeStarted } from './state.ts';

const stop = new AbortController();
const say = (line: string): void => console.error(line);

await main().catch((error: unknown) => {
  if (stop.signal.aborted) return;
  const isUsage = error instanceof UsageError;
  console.error(`stack: ${error instanceof Error ? error.message : String(error)}`);
  if (isUsage) console.error(`\n${HELP}`);
  process.exitCode = isUsage ? 2 : 1;
});

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2), cacheFolder());
  if (options === undefined) {
    console.log(HELP);
    return;
  }
  if (options.command === 'up') await up(options);
  else if (options.command === 'down') await down(options);
  else await status(options);
}

async function up(options: Arguments): Promise<void> {
  stopOnSignals();
  await refuseSecond(options);
  const binaries = await ensureInstalled(say, { signal: stop.signal });
  if (options.services.includes('example')) await ensureBuilt((line) => say(`${line} …`), stop.signal);
  const { dataDir, logsDir, services, detach } = options;
  const ports = portsAt(options.portOffset);
  const stack = await startStack({
    ...{ binaries, dataDir, logsDir, ports, services, detach, say },
    signal: stop.signal,
  });
  await writeStarted(dataDir, {
    ports,
    logsDir,
    services: stack.services.map((name) => {
      const { command, args, ready } = serviceOf(name, { binaries, dataDir, ports, services });
      // The first argument tells one program of Node from another.
      const start = command === process.execPath ? [command, ...args].join(' ') : command;
      return { name, pid: stack.pid(name)!, command: start, ...(ready !== undefined && { ready }) };
    }),
  });
  console.log(welcome(stack, options));
  if (!detach) await keep(stack, dataDir);
}

/** Until Ctrl-C, or until a service ends. */
async function keep(stack: Stack, dataDir: string): Promise<void> {
  const timer = setInterval(() => {
    const ended = stack.services.find((name) => !stack.isRunning(name));
    if (ended === undefined || stop.signal.aborted) return;
    say(`${ended} has ended by itself; its log: ${stack.logPath(ended)}`);
    process.exitCode = 1;
    stop.abort();
  }, 1_000);
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  clearInterval(timer);
  say('ending the stack …');
  await stack.stop();
  await forgetStarted(dataDir);
}

async function refuseSecond({ dataDir, which }: Arguments): Promise<void> {
  const started = readStarted(dataDir);
  if (started === undefined) return;
  const running = (await healthOf(started)).filter(({ state }) => state !== 'ended');
  if (running.length === 0) return;
  const names = running.map(({ name }) => name).join(', ');
  throw new Error(
    `a stack with the data in ${dataDir} is running already (${names}). End it with: npm run stack -- down${which}, or start another with another --port-offset`,
  );
}

async function down({ dataDir }: Arguments): Promise<void> {
  const started = readStarted(dataDir);
  if (started === undefined) {
    say(`no stack was started with the data in ${dataDir}`);
    return;
  }
  await endAll(started, say);
  await forgetStarted(dataDir);
  say(`the stack has ended; its data stays in ${dataDir}`);
}

async function status({ dataDir }: Arguments): Promise<void> {
  const started = readStarted(dataDir);
  if (started === undefined) {
    console.log('no stack is running');
    process.exitCode = 1;
    return;
  }
  const health = await healthOf(started);
  const rows = health.map(({ name, pid, state }) => [name, state, String(pid)]);
  console.log(formatTable([['service', 'state', 'pid'], ...rows]));
  console.log(`\n${addresses(started)}\nlogs: ${started.logsDir}`);
  if (health.some(({ state }) => state !== 'ready')) process.exitCode = 1;
}

function welcome(stack: Stack, { dataDir, logsDir, detach, which }: Arguments): string {
  const names = stack.services;
  return [
    '',
    addresses({ ports: stack.ports, services: names.map((name) => ({ name })) }),
    '',
    `logs: ${logsDir}`,
    `data: ${dataDir}`,
    '',
    `Send a server's telemetry here: OTEL_EXPORTER_OTLP_ENDPOINT=${stack.urls.otlpHttp}`,
    'Grafana with the dashboards: docs/stack.md',
    detach ? `End it: npm run stack -- down${which}` : 'Ctrl-C ends it.',
  ].join('\n');
}

function addresses({ ports, services }: { ports: Started['ports']; services: { name: string }[] }): string {
  const urls = urlsOf(ports);
  const rows: [string, string, string][] = [
    ['collector', 'OTLP over HTTP', urls.otlpHttp],
    ['collector', 'OTLP over gRPC', urls.otlpGrpc],
    ['clickhouse', 'ClickHouse over HTTP, for Grafana', urls.clickhouse],
    ['prometheus', 'Prometheus, for Grafana (no pages)', urls.prometheus],
    ['jaeger', "Jaeger's HTTP API (no pages)", urls.jaeger],
    ['example', 'the example MCP server', urls.example],
  ];
  const running = rows.filter(([name]) => services.some((service) => service.name === name));
  return formatTable([['what', 'where'], ...running.map(([, what, url]) => [what, url])]);
}

function stopOnSignals(): void {
  onStopSignals('on', (code) => {
    process.exitCode = code;
    stop.abort(new Error('stopped'));
  });
}
