import type { DataTransformerConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import * as semconv from '../../src/sdk/signals/semconv.ts';
import { toJaegerTrace, toTempoTrace } from './links.ts';
import { EXCEPTION_MESSAGE } from './names.ts';
import type { Column } from './tables.ts';
import { event, span } from './traceql.ts';
import { calculate, copy, first, reduceRow, round, sortBy, toNumbers, toRank } from './transformations.ts';

/** What a search for events has to bring. */
export const EVENT_FIELDS: readonly string[] = [
  'name',
  'kind',
  'status',
  'statusMessage',
  event(EXCEPTION_MESSAGE),
  ...[
    semconv.ATTR_MCP_METHOD_NAME,
    semconv.ATTR_GEN_AI_TOOL_NAME,
    semconv.ATTR_GEN_AI_PROMPT_NAME,
    semconv.ATTR_MCP_RESOURCE_URI,
    semconv.ATTR_ERROR_TYPE,
    semconv.ATTR_RPC_RESPONSE_STATUS_CODE,
    semconv.ATTR_MCP_CLIENT_SESSION_EVENT,
    semconv.ATTR_MCP_CLIENT_SESSION_END_REASON,
  ].map(span),
];

const OUTCOME = 'Outcome';
const CODE_OR_0 = 'Code or 0';
const TRACE = 'Trace id';
const MESSAGE = 'Message text';

/** The order of time, and an outcome: whatever has a code failed, though its span may not say so. */
export function eventRows(): DataTransformerConfig[] {
  const code = semconv.ATTR_RPC_RESPONSE_STATUS_CODE;
  return [
    ...inOrder(),
    // A code is negative, and absent means none: as a share of itself and one it is 0 or, rounded up, 1.
    toNumbers([code]),
    reduceRow(CODE_OR_0, 'min', [code]),
    round('Code size', 'abs', CODE_OR_0),
    calculate('Code size + 1', { field: 'Code size' }, '+', { number: 1 }),
    calculate('Code share', { field: 'Code size' }, '/', { field: 'Code size + 1' }),
    round('Has code', 'ceil', 'Code share'),
    toRank('status', ['unset', 'error']),
    // An unused text stands before, so that cancelled is 2.
    copy('Was cancelled', semconv.ATTR_ERROR_TYPE),
    toRank('Was cancelled', ['-', '-', semconv.ERROR_TYPE_CANCELLED]),
    reduceRow(OUTCOME, 'max', ['status', 'Has code', 'Was cancelled']),
    // The exception where there is one; else what the protocol's error said. Fields stand in alphabetical order.
    first(MESSAGE, [EXCEPTION_MESSAGE, 'statusMessage']),
    // The data source hides its own field.
    copy(TRACE, 'traceIdHidden'),
  ];
}

export const EVENT_COLUMNS: readonly Column[] = [
  { field: 'Start time', title: 'Time', unit: 'time:YYYY-MM-DD HH:mm:ss.SSS', width: 200 },
  { field: 'Name', title: 'Event', width: 260 },
  { field: semconv.ATTR_GEN_AI_TOOL_NAME, title: 'Tool', width: 150 },
  { field: 'Duration', title: 'Latency', unit: 'ns', width: 100 },
  {
    field: OUTCOME,
    title: 'Status',
    unit: 'none',
    width: 90,
    values: [
      { value: 0, text: 'ok', color: 'green' },
      { value: 1, text: 'error', color: 'red' },
      { value: 2, text: 'cancelled', color: 'orange' },
    ],
  },
  { field: semconv.ATTR_ERROR_TYPE, title: 'Error', width: 170 },
  { field: semconv.ATTR_RPC_RESPONSE_STATUS_CODE, title: 'Code', unit: 'none', width: 80 },
  { field: MESSAGE, title: 'Message', isText: true },
  { field: semconv.ATTR_MCP_CLIENT_SESSION_END_REASON, title: 'End reason', width: 120 },
  { field: semconv.ATTR_GEN_AI_PROMPT_NAME, title: 'Prompt', width: 120 },
  { field: semconv.ATTR_MCP_RESOURCE_URI, title: 'Resource', width: 160 },
  { field: 'kind', title: 'Kind', width: 80 },
  {
    field: TRACE,
    title: 'Trace',
    isText: true,
    width: 260,
    links: [toTempoTrace('${__value.raw}'), toJaegerTrace('${__value.raw}')],
  },
];

/**
 * The order of time. Spans have milliseconds; within one, the start of the session stands first, its end last. A sort
 * by two fields is two sorts, for they are stable.
 */
function inOrder(): DataTransformerConfig[] {
  const kind = semconv.ATTR_MCP_CLIENT_SESSION_EVENT;
  return [
    copy('Is start', kind),
    toRank('Is start', ['-', 'start']),
    reduceRow('Start', 'max', ['Is start']),
    copy('Is end', kind),
    toRank('Is end', ['-', 'end']),
    // What a server asks of its client lies within the request that it came with, and begins with it at times.
    copy('Is client', 'kind'),
    toRank('Is client', ['-', 'client']),
    reduceRow('Late', 'max', ['Is end', 'Is client']),
    calculate('Place', { field: 'Late' }, '-', { field: 'Start' }),
    sortBy('Place', false),
    sortBy('Start time', false),
  ];
}
