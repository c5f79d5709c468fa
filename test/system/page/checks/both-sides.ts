import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageCheck } from '../check.ts';
import { equal, eventually, ok } from '../expect.ts';
import { eventsIn, idsOf, openRow, rowsOf } from '../views.ts';

const START = Date.now() - 60_000;
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CONNECTION = '5d0c7a54-4d0e-4a2b-9f0e-3c6f7b1d2e90';
const SESSION = '7e1d8b65-5e1f-4b3c-8a1f-4d7a8c2e3fa1';

/** Two calls, of which the second never reached the server. */
const CALLS = [
  { id: '00000000000000a1', atMs: 0, latencyMs: 40, isLost: false },
  { id: '00000000000000a2', atMs: 100, latencyMs: 500, isLost: true },
];

function lineOf(service: string, spans: readonly object[]): string {
  const attributes = attributesOf({ 'service.name': service, 'service.instance.id': service });
  const scopeSpans = [{ scope: { name: 'mcp-sessionscope' }, spans }];
  return `${JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans }] })}\n`;
}

function attributesOf(attributes: Readonly<Record<string, string>>): object[] {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function callOf(
  kind: number,
  atMs: number,
  latencyMs: number,
  more: object,
  about: Record<string, string>,
): object {
  const nanos = (ms: number) => `${START + ms}000000`;
  const attributes = attributesOf({ 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'pay', ...about });
  const times = { startTimeUnixNano: nanos(atMs), endTimeUnixNano: nanos(atMs + latencyMs) };
  return { traceId: TRACE, name: 'tools/call pay', kind, ...times, attributes, ...more };
}

const OF_CLIENT = lineOf(
  'travel-agent',
  CALLS.map(({ id, atMs, latencyMs, isLost }) =>
    callOf(
      3,
      atMs,
      latencyMs,
      { spanId: id, status: { code: isLost ? 2 : 0 } },
      {
        'mcp.client.connection.id': CONNECTION,
        'mcp.server.name': 'shop',
        'mcp.client.name': 'agent',
        ...(isLost && { 'error.type': 'timeout' }),
      },
    ),
  ),
);

const OF_SERVER = lineOf(
  'shop-service',
  CALLS.filter(({ isLost }) => !isLost).map(({ id, atMs, latencyMs }) =>
    callOf(
      2,
      atMs + 5,
      latencyMs - 12,
      { spanId: '00000000000000b1', parentSpanId: id },
      {
        'mcp.client.session.id': SESSION,
        'mcp.client.session.source': 'protocol',
        'jsonrpc.request.id': '1',
        'mcp.client.name': 'agent',
      },
    ),
  ),
);

export const BOTH_SIDES: readonly PageCheck[] = [
  {
    name: 'what only a client recorded is a row, and goes into that of the server when it comes',
    async run(stage) {
      const dir = await stage.tempDir();
      await writeFile(join(dir, 'a.traces.jsonl'), OF_CLIENT);
      const ui = await stage.startUi(dir);
      const page = await stage.open(ui.url);
      await eventually(async () => equal(await idsOf(page), [CONNECTION], 'rows'));
      equal((await rowsOf(page))[0]!.errors, '1', 'errors of what the client asked');
      await writeFile(join(dir, 'b.traces.jsonl'), OF_SERVER);
      await eventually(async () => equal(await idsOf(page), [SESSION], 'rows at last'), 15_000);
      const { calls, errors } = (await rowsOf(page))[0]!;
      equal([calls, errors], ['1', '0'], 'calls and errors of the server');
      const detail = await openRow(page, SESSION);
      await eventually(async () => equal((await eventsIn(detail)).length, 2, 'events'));
      const text = await detail.innerText();
      for (const part of ['Client side', 'travel-agent', 'network 12 ms', 'only the client recorded it'])
        ok(text.includes(part), `the detail lacks ${part}: ${text}`);
      return 'a row of the client became one of both, with the time of the network';
    },
  },
];
