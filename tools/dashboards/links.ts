import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import { ATTR_MCP_CLIENT_SESSION_ID } from '../../src/sdk/signals/semconv.ts';

export const UIDS = {
  sessions: 'mcp-sessionscope-sessions',
  session: 'mcp-sessionscope-session',
  operations: 'mcp-sessionscope-operations',
  processes: 'mcp-sessionscope-processes',
} as const;

/** All dashboards carry it; each links to the others by it. */
export const TAG = 'mcp-sessionscope';

/** A link of a table's cell. */
export interface CellLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank?: boolean;
}

/** Every further variable of `passed` goes along. `value` is what stands for the session: a field, or a variable. */
export function toSession(value: string, passed: readonly string[]): CellLink {
  const rest = passed.map((name) => `&\${${name}:queryparam}`).join('');
  return {
    title: 'Every event of this session',
    url: `/d/${UIDS.session}?\${__url_time_range}&var-session=${encoded(value)}${rest}`,
  };
}

/** The process of that id, where its metrics say what it is. */
export function toProcess(value: string): CellLink {
  return {
    title: 'The server process',
    url: `/d/${UIDS.processes}?\${__url_time_range}&var-instance=${encoded(value)}&\${prometheus:queryparam}&\${tempo:queryparam}`,
  };
}

/** The client sessions of a server. */
export function toSessionsOf(service: string): CellLink {
  return {
    title: 'The client sessions of this server',
    url: `/d/${UIDS.sessions}?\${__url_time_range}&var-service=${encoded(service)}&\${prometheus:queryparam}&\${tempo:queryparam}`,
  };
}

/** The session's trace in Grafana's own view. */
export function toTempoTrace(traceId: string): CellLink {
  const panes = {
    trace: {
      datasource: '${tempo}',
      queries: [
        { refId: 'A', datasource: { type: 'tempo', uid: '${tempo}' }, queryType: 'traceql', query: traceId },
      ],
      range: { from: '${__from}', to: '${__to}' },
    },
  };
  return {
    title: 'Trace in Tempo',
    url: `/explore?schemaVersion=1&panes=${encodeAround(JSON.stringify(panes))}`,
    targetBlank: true,
  };
}

export function toJaegerTrace(traceId: string): CellLink {
  return { title: 'Trace in Jaeger', url: `\${jaeger_url:raw}/trace/${traceId}`, targetBlank: true };
}

/** Jaeger's search for everything of a session. Some of its stores need the service. */
export function toJaegerSearch(session: string, service: string): CellLink {
  const tags = `{"${ATTR_MCP_CLIENT_SESSION_ID}":"${session}"}`;
  const range = 'lookback=custom&start=${__from}000&end=${__to}000';
  return {
    title: 'Search in Jaeger',
    url: `\${jaeger_url:raw}/search?service=${encoded(service)}&tags=${encodeAround(tags)}&limit=200&${range}`,
    targetBlank: true,
  };
}

export function otherDashboards(): DashboardLinkBuilder {
  return new DashboardLinkBuilder('MCP')
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(false)
    .includeVars(false)
    .keepTime(true)
    .targetBlank(false)
    .icon('external link')
    .tooltip('')
    .url('');
}

/** `${field}` with the value encoded for a URL. */
function encoded(placeholder: string): string {
  return placeholder.replace(/\}$/, ':percentencode}');
}

/** Encodes the text for a URL, all but the places where Grafana fills in. */
function encodeAround(text: string): string {
  return text
    .split(/(\$\{[^}]*\})/)
    .map((piece, i) => (i % 2 === 1 ? encoded(piece) : encodeURIComponent(piece)))
    .join('');
}
