import { createHash } from 'node:crypto';
import { joinNames } from '../../../src/sdk/protocol/names.ts';
import * as semconv from '../../../src/sdk/signals/semconv.ts';

/** A row of the exporter's table; columns that are left out are empty. */
export type SpanRow = Readonly<Record<string, unknown>>;

/** Who came, and by what names; these may be hostile. */
export interface Visit {
  readonly session: string;
  readonly client: string;
  readonly tool: string;
  readonly service: string;
  readonly instance: string;
  /** The session of the process, `mcp.session.id`. */
  readonly process?: string;
  /** The number of the process on its machine. */
  readonly pid?: string;
  /** Served by another process too. */
  readonly second?: string;
}

type Attributes = Record<string, string>;

/** A tool that is listed and never called. */
export const UNUSED_TOOL = 'unused';

/**
 * The spans of a visit that began at `at`: a list of tools, a call that fails and is tried again, one that is
 * cancelled, and a request of the server's; then an end. A second process has seen a part of it.
 */
export function spansOf(visit: Visit, at: number): SpanRow[] {
  const call = { [semconv.ATTR_MCP_METHOD_NAME]: 'tools/call', [semconv.ATTR_GEN_AI_TOOL_NAME]: visit.tool };
  const failed = { ...call, [semconv.ATTR_ERROR_TYPE]: semconv.ERROR_TYPE_TOOL };
  const cancelled = { ...call, [semconv.ATTR_ERROR_TYPE]: semconv.ERROR_TYPE_CANCELLED };
  const names = {
    [semconv.ATTR_MCP_METHOD_NAME]: 'tools/list',
    [semconv.ATTR_MCP_TOOLS_COUNT]: '2',
    [semconv.ATTR_MCP_TOOLS_NAMES]: joinNames([visit.tool, UNUSED_TOOL]),
    [semconv.ATTR_MCP_TOOLS_NAMES_LIST]: JSON.stringify([visit.tool, UNUSED_TOOL]),
  };
  const said = [{ [semconv.ATTR_EXCEPTION_MESSAGE]: `no luck with ${visit.tool}` }];
  return [
    sessionSpan(visit, visit.instance, { at, started: at, event: 'start', seq: 0, calls: 0, errors: 0 }),
    span(visit, { name: 'tools/list', at: at + 10, attributes: names }),
    span(visit, { name: 'tools/call', at: at + 20, ms: 30, status: 'Error', attributes: failed, said }),
    span(visit, { name: 'tools/call', at: at + 60, ms: 40, attributes: call }),
    span(visit, { name: 'tools/call', at: at + 120, ms: 2000, attributes: cancelled }),
    span(visit, { name: 'roots/list', kind: 'Client', at: at + 130, attributes: {} }),
    sessionSpan(visit, visit.instance, {
      at: at + 2500,
      started: at,
      event: 'update',
      seq: 1,
      calls: 4,
      errors: 1,
    }),
    sessionSpan(visit, visit.instance, {
      at: at + 3000,
      started: at,
      event: 'end',
      seq: 2,
      calls: 5,
      errors: 1,
    }),
    ...(visit.second === undefined
      ? []
      : [
          sessionSpan(visit, visit.second, {
            at: at + 500,
            started: at + 500,
            event: 'start',
            seq: 0,
            calls: 0,
            errors: 0,
          }),
          sessionSpan(visit, visit.second, {
            at: at + 3600,
            started: at + 500,
            event: 'update',
            seq: 1,
            calls: 3,
            errors: 2,
          }),
        ]),
  ];
}

export interface SpanParts {
  readonly name: string;
  readonly at: number;
  readonly attributes: Attributes;
  readonly kind?: string;
  readonly ms?: number;
  readonly status?: string;
  /** Of the events of exceptions. */
  readonly said?: readonly Attributes[];
  readonly instance?: string;
}

/** Any other span of a visit. */
export function span(visit: Visit, parts: SpanParts): SpanRow {
  const { name, at, attributes, kind = 'Server', ms = 1, status = 'Unset', said = [] } = parts;
  const { instance = visit.instance } = parts;
  return {
    Timestamp: new Date(at).toISOString(),
    TraceId: idOf(32, visit.session),
    SpanId: idOf(16, visit.session, instance, name, String(at)),
    SpanName: name,
    SpanKind: kind,
    ServiceName: visit.service,
    ResourceAttributes: {
      [semconv.ATTR_SERVICE_NAME]: visit.service,
      [semconv.ATTR_SERVICE_INSTANCE_ID]: instance,
      ...(visit.pid !== undefined && { [semconv.ATTR_PROCESS_PID]: visit.pid }),
    },
    SpanAttributes: {
      [semconv.ATTR_MCP_CLIENT_SESSION_ID]: visit.session,
      [semconv.ATTR_MCP_CLIENT_NAME]: visit.client,
      [semconv.ATTR_MCP_CLIENT_VERSION]: '1.0',
      ...attributes,
    },
    Duration: ms * 1_000_000,
    StatusCode: status,
    'Events.Timestamp': said.map(() => new Date(at).toISOString()),
    'Events.Name': said.map(() => 'exception'),
    'Events.Attributes': said,
  };
}

export interface Report {
  readonly at: number;
  /** 0: the span does not say it. */
  readonly started: number;
  readonly event: 'start' | 'update' | 'end';
  readonly seq: number;
  readonly calls: number;
  readonly errors: number;
}

/** What a process reports of a session. */
export function sessionSpan(visit: Visit, instance: string, report: Report): SpanRow {
  const { at, started, event, seq, calls, errors } = report;
  const name = `mcp.session ${event}`;
  const attributes = {
    [semconv.ATTR_MCP_CLIENT_SESSION_EVENT]: event,
    [semconv.ATTR_MCP_CLIENT_SESSION_SEQ]: String(seq),
    [semconv.ATTR_MCP_CLIENT_SESSION_STATUS]: event === 'end' ? 'ended' : 'active',
    [semconv.ATTR_MCP_CLIENT_SESSION_START_UNIX_MS]: String(started),
    [semconv.ATTR_MCP_CLIENT_SESSION_DURATION_MS]: String(at - started),
    [semconv.ATTR_MCP_CLIENT_SESSION_CALLS]: String(calls),
    [semconv.ATTR_MCP_CLIENT_SESSION_ERRORS]: String(errors),
    [semconv.ATTR_MCP_CLIENT_SESSION_TOOLS]: joinNames(calls === 0 ? [] : [visit.tool]),
    [semconv.ATTR_MCP_CLIENT_SESSION_TOOLS_LIST]: JSON.stringify(calls === 0 ? [] : [visit.tool]),
    ...(visit.process !== undefined && { [semconv.ATTR_MCP_SESSION_ID]: visit.process }),
  };
  return span(visit, { name, kind: 'Internal', at, attributes, instance });
}

function idOf(digits: number, ...of: readonly string[]): string {
  return createHash('sha256').update(of.join('\n')).digest('hex').slice(0, digits);
}
