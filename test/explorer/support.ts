import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';

/** 2026-11-20T13:00:00Z, the beginning of every fixture. */
export const T0 = 1795179600000;
export const MINUTE = 60_000;
/** Half an hour later: the "now" of the tests unless they say otherwise. */
export const NOW = T0 + 30 * MINUTE;

export const FIXTURES = join(__dirname, '../fixtures/recordings');
export const WEATHER = join(FIXTURES, 'weather');

/** What no text that is shown may hold. */
export const ACTS_ON_TERMINALS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

type Value = string | number | boolean | string[];

export interface SpanParts {
  id?: string;
  name?: string;
  kind?: number;
  /** The id of the parent span. */
  parent?: string;
  /** Milliseconds after T0. */
  at: number;
  /** Nanoseconds beyond `at`. */
  nanos?: number;
  lasts?: number;
  attributes?: Record<string, Value>;
  status?: { code: number; message?: string };
}

let spanCount = 0;

/** A span in OTLP JSON. */
export function otlpSpan({
  id,
  parent,
  name,
  kind,
  at,
  nanos = 0,
  lasts = 0,
  attributes = {},
  status = { code: 0 },
}: SpanParts) {
  spanCount += 1;
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: id ?? spanCount.toString(16).padStart(16, '0'),
    ...(parent !== undefined && { parentSpanId: parent }),
    name: name ?? 'span',
    kind: kind ?? 1,
    startTimeUnixNano: `${T0 + at}${String(nanos).padStart(6, '0')}`,
    endTimeUnixNano: `${T0 + at + lasts}${String(nanos).padStart(6, '0')}`,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: otlpValue(value) })),
    status,
  };
}

/** A session span of the session `s` that started at T0. */
export function sessionSpan(
  event: 'start' | 'update' | 'end',
  seq: number,
  at: number,
  attributes: Record<string, Value> = {},
) {
  return otlpSpan({
    name: `mcp.session ${event}`,
    at,
    attributes: {
      'mcp.client.session.id': 's',
      'mcp.client.session.event': event,
      'mcp.client.session.seq': seq,
      'mcp.client.session.start_unix_ms': T0,
      'mcp.client.session.duration_ms': at,
      ...attributes,
    },
  });
}

/** The span of a request that the session `s` received. */
export function requestSpan(
  at: number,
  attributes: Record<string, Value> = {},
  more: Partial<SpanParts> = {},
) {
  return otlpSpan({
    name: 'tools/call',
    kind: 2,
    at,
    attributes: {
      'mcp.method.name': 'tools/call',
      'mcp.client.session.id': 's',
      'jsonrpc.request.id': String(at),
      ...attributes,
    },
    ...more,
  });
}

/** One line of a recording. */
export function otlpLine(spans: unknown[], instance = 'process-1', service?: string): string {
  const attributes = [
    { key: 'service.instance.id', value: { stringValue: instance } },
    ...(service === undefined ? [] : [{ key: 'service.name', value: { stringValue: service } }]),
  ];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] });
}

export interface RecordedPart {
  /** Minutes after T0. */
  from: number;
  to?: number;
  source?: string;
  openedBy?: string;
  attributes?: Record<string, string>;
  service?: string;
  tool?: string;
}

/** What one process records of a session that others record a part of too: a start, a call and a report, in a line. */
export function partLine(id: string, parts: RecordedPart): string {
  const { from, to = from + 1, source = 'inferred', openedBy = 'tools/call', tool = id } = parts;
  const common = {
    'mcp.client.session.id': id,
    'mcp.client.session.source': source,
    'mcp.client.session.key': 'k',
    'mcp.client.session.idle_timeout_ms': 5 * MINUTE,
    'mcp.client.session.opened_by': openedBy,
    'mcp.client.session.start_unix_ms': T0 + from * MINUTE,
    ...parts.attributes,
  };
  const report = (event: 'start' | 'update', seq: number, at: number, calls: number) =>
    sessionSpan(event, seq, at * MINUTE, {
      ...common,
      'mcp.client.session.duration_ms': (at - from) * MINUTE,
      'mcp.client.session.calls': calls,
    });
  const call = requestSpan(
    from * MINUTE + 1,
    { 'mcp.client.session.id': id, 'mcp.client.session.source': source, 'gen_ai.tool.name': tool },
    { lasts: from + 1, status: { code: tool === 'fails' ? 2 : 0 } },
  );
  const spans = [report('start', 0, from, 0), call, report('update', 1, to, 1)];
  return `${otlpLine(spans, `process of ${id}`, parts.service ?? 'weather')}\n`;
}

export interface LogParts {
  /** The id of its span. */
  span?: string;
  trace?: string;
  /** Milliseconds after T0. */
  at: number;
  text?: string;
  /** A severity number. */
  severity?: number;
  attributes?: Record<string, Value>;
}

/** A log record in OTLP JSON. */
export function logRecord({ span, trace, at, text = 'a line', severity = 9, attributes = {} }: LogParts) {
  return {
    timeUnixNano: `${T0 + at}000000`,
    severityNumber: severity,
    body: { stringValue: text },
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: otlpValue(value) })),
    traceId: trace ?? '0af7651916cd43dd8448eb211c80319c',
    ...(span !== undefined && { spanId: span }),
  };
}

/** One line of a recording that holds log records. */
export function logLine(logRecords: unknown[], service?: string): string {
  const attributes = service === undefined ? [] : [{ key: 'service.name', value: { stringValue: service } }];
  const scopeLogs = [{ scope: { name: 'orders' }, logRecords }];
  return JSON.stringify({ resourceLogs: [{ resource: { attributes }, scopeLogs }] });
}

/** Writes the files into a new folder, calls the function with it and removes it. */
export async function withRecording<T>(
  files: Record<string, string | readonly string[]>,
  run: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sessionscope-cli-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(folder, name), typeof content === 'string' ? content : `${content.join('\n')}\n`);
    }
    return await run(folder);
  } finally {
    removeFolderSync(folder);
  }
}

function otlpValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return { intValue: String(value) };
  return { arrayValue: { values: value.map(otlpValue) } };
}
