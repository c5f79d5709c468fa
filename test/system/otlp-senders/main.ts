/** npm run test:otlp: what SDKs, the Collector and this package send, as the receiver keeps it; what others record, as it is shown. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ensureInstalled } from '../../../tools/stack/index.ts';
import { ensureBuilt } from '../../../tools/support/built.ts';
import { type Check, reportChecks } from '../../../tools/support/checks.ts';
import { runMain } from '../../../tools/support/children.ts';
import { removeFolder } from '../../../tools/support/remove-folder.ts';
import { formatTable } from '../../../tools/support/table.ts';
import { difference, metricsIn, spansIn, withoutChance } from './compare.ts';
import { judgeForeign } from './foreign/judge.ts';
import { sendFromOurs, sendFromOursAsProtobuf, sendInexpressible } from './from-ours.ts';
import { type Landed, linesIn, ROUTES, type Routes, startRoutes } from './routes.ts';
import { LOGS, METRICS, SCENE } from './scene.ts';
import { prepareSenders, type Sender } from './senders.ts';
import type { Way } from './way.ts';

const checks: Check[] = [];
const table: string[][] = [['sender', 'sent as', 'lines', 'spans', 'metrics', 'logs']];

runMain(async () => {
  const say = (line: string): void => console.log(line);
  await ensureBuilt((line) => say(`${line} …`));
  const { otelcol } = await ensureInstalled(say, { only: ['otelcol'] });
  const senders = await prepareSenders(say);
  const routes = await startRoutes(otelcol);
  try {
    for (const sender of senders) {
      for (const way of waysOf(sender)) {
        await sender.send(routes.url, way);
        judgeScene(sender, way, await landed(sender.name, routes));
      }
    }
    await judgeOurs(routes);
    await judgeKept(routes);
    await judgeInexpressible(routes);
    checks.push(...(await judgeForeign(say)));
  } finally {
    await routes.close();
  }
  console.log(`\n${formatTable(table)}\n`);
  reportChecks(checks);
});

function waysOf({ encodings }: Sender): Way[] {
  return encodings.flatMap((encoding) => [
    { encoding, compression: 'none' },
    { encoding, compression: 'gzip' },
  ]);
}

/** What has landed, with a row in the table and a check for each route that comes by the Collector. */
async function landed(name: string, routes: Routes): Promise<Landed> {
  const all = await routes.take();
  const sentAs = [...routes.seen].join('; ');
  routes.seen.clear();
  const [direct, ...others] = all as [Landed, ...Landed[]];
  const { traces, metrics, logs } = direct;
  const lines = traces.length + metrics.length + logs.length;
  const counts = [lines, spansIn(traces).length, metricsIn(metrics).length, logs.length];
  table.push([name, sentAs, ...counts.map(String)]);
  for (const [i, other] of others.entries()) {
    const [found, expected] = [other, direct].map((lines) =>
      [...lines.traces, ...lines.metrics, ...lines.logs].join('\n'),
    );
    const isEqual = found === expected && found !== '';
    check(isEqual, `${name}, ${sentAs}: ${ROUTES[i + 1]?.name}`, 'the bytes of the direct route', () =>
      difference(found ?? '', expected ?? ''),
    );
  }
  return direct;
}

function judgeScene(sender: Sender, way: Way, { traces, metrics, logs }: Landed): void {
  const name = `${sender.name}, ${way.encoding}, ${way.compression}`;
  const expected = JSON.stringify(SCENE, (key, value) => (key === 'flags' ? (sender.flags ?? value) : value));
  check(traces.length === 1 && traces[0] === expected, `${name}: spans`, 'the scene, byte for byte', () =>
    difference(traces.join('\n'), expected),
  );
  const found = metricsIn(metrics);
  check(isDeepStrictEqual(found, METRICS), `${name}: metrics`, 'the counts of the scene', () =>
    difference(JSON.stringify(found), JSON.stringify(METRICS)),
  );
  const line = JSON.stringify(LOGS);
  check(logs.length === 1 && logs[0] === line, `${name}: logs`, 'the line of the scene, byte for byte', () =>
    difference(logs.join('\n'), line),
  );
}

/** What this package sends by itself, and with an SDK that sends protobuf. */
async function judgeOurs(routes: Routes): Promise<void> {
  await sendFromOurs(routes.url);
  const json = await landed('mcp-sessionscope', routes);
  await sendFromOursAsProtobuf(routes.url);
  const protobuf = await landed("mcp-sessionscope with the application's SDK", routes);
  const [one, other] = [json, protobuf].map(({ traces }) => spansIn(traces).map(spanAlone).sort().join('\n'));
  check(
    one === other && one !== '',
    'mcp-sessionscope: JSON and protobuf',
    'the same spans, but for ids and times',
    () => difference(other ?? '', one ?? ''),
  );
}

/** What is kept can be sent on, as `replay` does, and comes to the same again. */
async function judgeKept(routes: Routes): Promise<void> {
  const body = JSON.stringify(SCENE);
  const headers = { 'content-type': 'application/json' };
  await fetch(`${routes.url}/v1/traces`, { method: 'POST', headers, body });
  const { traces } = await landed('a line as it is kept', routes);
  check(traces[0] === body, 'a line as it is kept', 'the same line', () =>
    difference(traces.join('\n'), body),
  );
}

/** Sent and recorded to files: the Collector's own reader takes all of it, and the good values are there. */
async function judgeInexpressible(routes: Routes): Promise<void> {
  await sendInexpressible({ exporterEndpoint: routes.url });
  judgeOdd('what OTLP cannot express, sent', await landed('mcp-sessionscope, odd values', routes));
  const dir = await mkdtemp(join(tmpdir(), 'mcp-sessionscope-odd-'));
  try {
    await sendInexpressible({ exporterType: 'file', exporterEndpoint: dir });
    const headers = { 'content-type': 'application/json' };
    for (const signal of ['traces', 'metrics']) {
      for (const body of await linesIn(dir, signal)) {
        await fetch(`${routes.url}/v1/${signal}`, { method: 'POST', headers, body });
      }
    }
  } finally {
    await removeFolder(dir);
  }
  judgeOdd('what OTLP cannot express, recorded', await landed('a recording of odd values', routes));
}

function judgeOdd(name: string, { traces, metrics }: Landed): void {
  const spans = spansIn(traces).map((text) => JSON.parse(text).span.name);
  const own = metricsIn(metrics).filter(({ name }: any) => name.startsWith('odd.')) as any[];
  const values = own.map(({ histogram, sum }) => histogram?.dataPoints[0].sum ?? sum.dataPoints[0].asDouble);
  const found = JSON.stringify([spans.sort(), values]);
  check(found === '[["given","set"],[1,1]]', name, 'the spans and values that are good', () => found);
}

/** Without the resource, which is the application's own where its SDK is used. */
function spanAlone(text: string): string {
  const { scope, span } = JSON.parse(text);
  return withoutChance(JSON.stringify({ scope, span }));
}

function check(ok: boolean, name: string, expected: string, found: () => string): void {
  checks.push({ ok, name, found: ok ? expected : found() });
}
