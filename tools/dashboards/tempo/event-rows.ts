import type { DataTransformerConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import { URL_REQUIRED } from '../../../src/explorer/sessions/outcome.ts';
import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { OUTCOMES } from '../sql/outcome.ts';
import { calculate, copy, first, reduceRow, round, sortBy, toNumbers, toRank } from '../transformations.ts';
import { event, span } from './traceql.ts';

/** What a search for events has to bring. */
export const EVENT_FIELDS: readonly string[] = [
  'name',
  'kind',
  'status',
  'statusMessage',
  event(semconv.ATTR_EXCEPTION_MESSAGE),
  ...[
    semconv.ATTR_MCP_METHOD_NAME,
    semconv.ATTR_GEN_AI_TOOL_NAME,
    semconv.ATTR_GEN_AI_PROMPT_NAME,
    semconv.ATTR_MCP_RESOURCE_URI,
    semconv.ATTR_ERROR_TYPE,
    semconv.ATTR_RPC_RESPONSE_STATUS_CODE,
    semconv.ATTR_MCP_ERROR_MESSAGE,
    semconv.ATTR_MCP_CLIENT_SESSION_EVENT,
    semconv.ATTR_MCP_CLIENT_SESSION_END_REASON,
  ].map(span),
];

const OUTCOME = 'Outcome';
const CODE_OR_0 = 'Code or 0';
const TRACE = 'Trace id';
const JAEGER_TRACE = 'Trace id in Jaeger';
const MESSAGE = 'Message text';

/** The order of time, and an outcome: whatever has a code failed, though its span may not say so. */
export function eventRows(): DataTransformerConfig[] {
  const code = semconv.ATTR_RPC_RESPONSE_STATUS_CODE;
  return [
    ...inOrder(),
    // Unused texts stand before, so that it has the number of its outcome.
    copy('Asks user', code),
    toRank('Asks user', [...Array.from({ length: OUTCOMES.url_required }, () => '-'), URL_REQUIRED]),
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
    reduceRow(OUTCOME, 'max', ['status', 'Has code', 'Was cancelled', 'Asks user']),
    // The exception where there is one; else what the protocol's error said. Fields stand in alphabetical order.
    first(MESSAGE, [semconv.ATTR_EXCEPTION_MESSAGE, semconv.ATTR_MCP_ERROR_MESSAGE, 'statusMessage']),
    // The data source hides its own field.
    copy(TRACE, 'traceIdHidden'),
    copy(JAEGER_TRACE, 'traceIdHidden'),
  ];
}

/** The fields of an event's columns, by title. */
export const EVENT_FIELDS_SHOWN = {
  Time: 'Start time',
  Event: 'Name',
  Tool: semconv.ATTR_GEN_AI_TOOL_NAME,
  Latency: 'Duration',
  Status: OUTCOME,
  Error: semconv.ATTR_ERROR_TYPE,
  Code: semconv.ATTR_RPC_RESPONSE_STATUS_CODE,
  Message: MESSAGE,
  Kind: 'kind',
  Prompt: semconv.ATTR_GEN_AI_PROMPT_NAME,
  Resource: semconv.ATTR_MCP_RESOURCE_URI,
  'End reason': semconv.ATTR_MCP_CLIENT_SESSION_END_REASON,
  Trace: TRACE,
  Jaeger: JAEGER_TRACE,
} as const;

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
