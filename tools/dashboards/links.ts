import {
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { ATTR_MCP_CLIENT_SESSION_ID } from '../../src/sdk/signals/semconv.ts';
import { type Form, SPAN_SOURCES } from './form.ts';
import { traceQuery } from './sql/trace.ts';

export const UIDS = {
  sessions: 'mcp-sessionscope-sessions',
  session: 'mcp-sessionscope-session',
  operations: 'mcp-sessionscope-operations',
  processes: 'mcp-sessionscope-processes',
} as const;

/** The variable that says where Jaeger is. */
export const JAEGER_URL = 'jaeger_url';

/** The column whose cells lead there. */
export const JAEGER = { title: 'Jaeger', says: 'open', width: 70 } as const;

/** A link of a table's cell. */
export interface CellLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank?: boolean;
}

/** Every further variable of `passed` goes along. `value` is what stands for the session: a field, or a variable. */
export function toSession(value: string, passed: readonly string[]): CellLink {
  return {
    title: 'Every event of this session',
    url: `/d/${UIDS.session}?\${__url_time_range}&var-session=${encoded(value)}${passing(passed)}`,
  };
}

/** The process of that id, where its metrics say what it is. */
export function toProcess(value: string, form: Form): CellLink {
  return {
    title: 'The server process',
    url: `/d/${UIDS.processes}?\${__url_time_range}&var-instance=${encoded(value)}${passing(['prometheus', form])}`,
  };
}

/** The client sessions of a server. */
export function toSessionsOf(service: string, form: Form): CellLink {
  return {
    title: 'The client sessions of this server',
    url: `/d/${UIDS.sessions}?\${__url_time_range}&var-service=${encoded(service)}${passing(['prometheus', form])}`,
  };
}

/** The trace in Grafana's own view. */
export function toTrace(traceId: string, form: Form): CellLink {
  const source = `\${${form}}`;
  const asked = { refId: 'A', datasource: { type: SPAN_SOURCES[form], uid: source } };
  const query = form === 'tempo' ? { queryType: 'traceql', query: traceId } : traceQuery(traceId);
  const panes = {
    trace: {
      datasource: source,
      queries: [{ ...asked, ...query }],
      range: { from: '${__from}', to: '${__to}' },
    },
  };
  return {
    title: 'Trace in Grafana',
    url: `/explore?schemaVersion=1&panes=${encodeAround(JSON.stringify(panes))}`,
    targetBlank: true,
  };
}

export function toJaegerTrace(traceId: string): CellLink {
  return { title: 'Trace in Jaeger', url: `\${${JAEGER_URL}:raw}/trace/${traceId}`, targetBlank: true };
}

/** Jaeger's search for everything of a session. Some of its stores need the service. */
export function toJaegerSearch(session: string, service: string): CellLink {
  const tags = `{"${ATTR_MCP_CLIENT_SESSION_ID}":"${session}"}`;
  const range = 'lookback=custom&start=${__from}000&end=${__to}000';
  return {
    title: 'Search in Jaeger',
    url: `\${${JAEGER_URL}:raw}/search?service=${encoded(service)}&tags=${encodeAround(tags)}&limit=200&${range}`,
    targetBlank: true,
  };
}

/** A link above the panels to another dashboard, which takes the time range and the values of these variables along. */
export function toDashboard(uid: string, title: string, passed: readonly string[]): DashboardLink {
  return new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Link)
    .url(`/d/${uid}?${passing(passed).slice(1)}`)
    .keepTime(true)
    .includeVars(false)
    .targetBlank(false)
    .icon('dashboard')
    .tooltip('')
    .tags([])
    .asDropdown(false)
    .build();
}

function passing(variables: readonly string[]): string {
  return variables.map((name) => `&\${${name}:queryparam}`).join('');
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
