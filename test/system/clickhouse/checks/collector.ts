import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { freePorts } from '../../../../tools/stack/ports.ts';
import type { Check } from '../../../../tools/support/checks.ts';
import { tail } from '../../../../tools/support/children.ts';
import { endChild } from '../../../../tools/support/server-child.ts';
import type { Program } from './program.ts';

const DEADLINE_MS = 30_000;
const SPANS = 50;
/** A time with nanoseconds, of today: older spans than the table keeps would not stay. */
const START = BigInt(Date.now() - 60_000) * 1_000_000n + 123_456n;

/** Spans that a real Collector with its own exporter writes into the table. */
export async function checkCollector(otelcol: string, program: Program, scratch: string): Promise<Check[]> {
  const { otlpHttp } = await freePorts();
  const config = join(scratch, 'collector.json');
  await writeFile(config, JSON.stringify(configOf(otlpHttp, program)));
  const collector = spawn(otelcol, ['--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  collector.stderr.on('data', (chunk: Buffer) => {
    words += chunk;
  });
  try {
    await sendSpans(`http://127.0.0.1:${otlpHttp}/v1/traces`, collector);
    const rows = await arrived(program);
    const ok = isDeepStrictEqual(
      rows,
      Array.from({ length: SPANS }, (_, index) => rowOf(index)),
    );
    const wrong = rows.findIndex((row, index) => !isDeepStrictEqual(row, rowOf(index)));
    const found = ok
      ? `${rows.length} spans`
      : `${rows.length} of ${SPANS}: ${JSON.stringify(rows[wrong])} ${tail(words, 3)}`;
    return [{ name: "spans come through the Collector's exporter as they were sent", ok, found }];
  } finally {
    await endChild(collector, DEADLINE_MS);
  }
}

function configOf(port: number, program: Program): object {
  return {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: {
      clickhouse: {
        endpoint: program.url.origin,
        database: 'otel',
        compress: 'none',
        create_schema: false,
        sending_queue: { batch: { flush_timeout: '100ms' } },
      },
    },
    service: {
      pipelines: { traces: { receivers: ['otlp'], exporters: ['clickhouse'] } },
      telemetry: { metrics: { level: 'none' } },
    },
  };
}

/** One span, in OTLP's JSON. */
function spanOf(index: number): object {
  return {
    traceId: hex(index, 32),
    spanId: hex(index, 16),
    parentSpanId: hex(index + 1, 16),
    name: 'collected',
    kind: 2,
    startTimeUnixNano: String(START + BigInt(index)),
    endTimeUnixNano: String(START + BigInt(index) + 1_000_007n),
    status: { code: 2, message: `it's "wrong"` },
    attributes: [
      { key: 'text', value: { stringValue: `\u00e9 \\ ' ${index}` } },
      { key: 'number', value: { intValue: String(index) } },
      { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } } },
    ],
    events: [
      {
        name: 'said',
        timeUnixNano: String(START + 1n),
        attributes: [{ key: 'of', value: { stringValue: 'event' } }],
      },
    ],
    links: [{ traceId: hex(index + 2, 32), spanId: hex(index + 2, 16) }],
  };
}

/** The same span, as the table has it. */
function rowOf(index: number): unknown[] {
  return [
    ...[
      String(START + BigInt(index)),
      hex(index, 32),
      hex(index, 16),
      hex(index + 1, 16),
      'collected',
      'Server',
    ],
    ...['checks', { 'service.name': 'checks' }, 'a scope', '1.2'],
    { text: `\u00e9 \\ ' ${index}`, number: String(index), list: '["a","b"]' },
    ...['1000007', 'Error', `it's "wrong"`],
    ...[[String(START + 1n)], ['said'], [{ of: 'event' }]],
    ...[[hex(index + 2, 32)], [hex(index + 2, 16)]],
  ];
}

const SELECT = `SELECT toString(toUnixTimestamp64Nano(Timestamp)), TraceId, SpanId, ParentSpanId, SpanName, SpanKind,
  ServiceName, ResourceAttributes, ScopeName, ScopeVersion, SpanAttributes,
  toString(Duration), StatusCode, StatusMessage,
  arrayMap(t -> toString(toUnixTimestamp64Nano(t)), Events.Timestamp), Events.Name, Events.Attributes,
  Links.TraceId, Links.SpanId
FROM otel.otel_traces WHERE SpanName = 'collected' ORDER BY Timestamp FORMAT JSONCompactEachRow`;

function hex(value: number, digits: number): string {
  return (value + 1).toString(16).padStart(digits, 'a');
}

/** Sends them when the Collector listens. */
async function sendSpans(url: string, collector: ChildProcess): Promise<void> {
  const spans = Array.from({ length: SPANS }, (_, index) => spanOf(index));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'checks' } }] };
  const scopeSpans = [{ scope: { name: 'a scope', version: '1.2' }, spans }];
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] });
  const headers = { 'content-type': 'application/json' };
  const deadline = Date.now() + DEADLINE_MS;
  while (collector.exitCode === null && Date.now() < deadline) {
    const response = await fetch(url, { method: 'POST', body, headers }).catch(() => undefined);
    if (response?.ok === true) return;
    await delay(100);
  }
}

/** The spans that are in the table, when all are or the time is over. */
async function arrived(program: Program): Promise<unknown[]> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const { text } = await program.ask(SELECT);
    const rows = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]));
    if (rows.length >= SPANS || Date.now() > deadline) return rows;
    await delay(100);
  }
}
