import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { toSession } from '../links.ts';
import { spanSearch } from '../queries.ts';
import { UPDATE_INTERVAL } from '../session-status.ts';
import { tablePanel } from '../tables.ts';
import { resource, search, span } from '../traceql.ts';
import { sortBy, toNumbers } from '../transformations.ts';
import { TEMPO } from '../variables.ts';
import { LIST_TOOLS } from './selection.ts';

export function discovery() {
  const listed = [
    `${span(semconv.ATTR_MCP_METHOD_NAME)} = "${LIST_TOOLS}"`,
    `${resource(semconv.ATTR_SERVICE_NAME)} != nil`,
  ];
  const fields = [
    span(semconv.ATTR_MCP_TOOLS_COUNT),
    span(semconv.ATTR_MCP_TOOLS_NAMES),
    span(semconv.ATTR_MCP_CLIENT_NAME),
    span(semconv.ATTR_MCP_CLIENT_VERSION),
    span(semconv.ATTR_MCP_CLIENT_SESSION_ID),
    resource(semconv.ATTR_SERVICE_NAME),
  ];
  return tablePanel({
    title: 'What clients discovered',
    shows:
      'Each answer to tools/list, the newest first: to whom, how long it took, and which tools it named. A client whose newest row lacks a tool has not discovered it. Not filtered by job and tool; filter the columns instead.',
    whenEmpty:
      'No client asked for tools in the time range: widen it. A client may keep its list for days; then it asks again when it reconnects, or after a tools/list_changed notification.',
    unit: 'none',
    datasource: TEMPO,
    targets: [spanSearch(search(listed, fields))],
    transformations: [toNumbers([semconv.ATTR_MCP_TOOLS_COUNT]), sortBy('Start time', true)],
    shown: [
      { field: 'Start time', title: 'Time', unit: 'dateTimeAsIso', width: 170 },
      { field: semconv.ATTR_SERVICE_NAME, title: 'Server', width: 130 },
      { field: semconv.ATTR_MCP_CLIENT_NAME, title: 'Client', width: 150 },
      { field: semconv.ATTR_MCP_CLIENT_VERSION, title: 'Version', width: 80 },
      { field: 'Duration', title: 'Latency', unit: 'ns', width: 90 },
      { field: semconv.ATTR_MCP_TOOLS_COUNT, title: 'Count', unit: 'none', width: 70 },
      { field: semconv.ATTR_MCP_TOOLS_NAMES, title: 'Tools' },
      {
        field: semconv.ATTR_MCP_CLIENT_SESSION_ID,
        title: 'Session',
        width: 160,
        links: [toSession('${__value.raw}', ['tempo', 'prometheus', UPDATE_INTERVAL, 'jaeger_url'])],
      },
    ],
  });
}
