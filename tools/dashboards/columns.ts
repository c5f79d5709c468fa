import type { Form } from './form.ts';
import { JAEGER, JAEGER_URL, toJaegerTrace, toSession, toTrace } from './links.ts';
import type { Step } from './panels.ts';
import { STATUS_VALUES, UPDATE_INTERVAL } from './session-status.ts';
import { OUTCOMES } from './sql/outcome.ts';
import type { Column, NamedValue } from './tables.ts';

const WHERE_ANY: readonly Step[] = [
  [null, 'text'],
  [1, 'red'],
];

const OUTCOME_VALUES: readonly NamedValue[] = [
  { value: OUTCOMES.ok, text: 'ok', color: 'green' },
  { value: OUTCOMES.error, text: 'error', color: 'red' },
  { value: OUTCOMES.cancelled, text: 'cancelled', color: 'orange' },
  // The answer asks the user to open a URL: neither good nor bad.
  { value: OUTCOMES.url_required, text: 'asks user', color: 'gray' },
];

/** Columns that several tables have. */
export const STARTED: Column = { title: 'Started', unit: 'dateTimeAsIso', width: 170 };
export const TIME: Column = { title: 'Time', unit: 'dateTimeAsIso', width: 170 };
export const CALLS: Column = { title: 'Calls', unit: 'none', width: 80, empty: '0' };
export const ERRORS: Column = { title: 'Errors', unit: 'none', width: 80, empty: '0', steps: WHERE_ANY };
export const LATENCY: Column = { title: 'Latency', unit: 'ns', width: 90 };
export const SESSION_STATUS: Column = { title: 'Status', unit: 'none', width: 90, values: STATUS_VALUES };
export const OUTCOME: Column = { title: 'Status', unit: 'none', width: 90, values: OUTCOME_VALUES };

/** The id of a session, which leads to its events. */
export function sessionColumn(form: Form, width: number): Column {
  const passed = [form, 'prometheus', UPDATE_INTERVAL, JAEGER_URL];
  return { title: 'Session', width, links: [toSession('${__value.raw}', passed)] };
}

/** The id of a trace, which leads to the trace in Grafana. */
export function traceColumn(form: Form, width?: number): Column {
  return {
    title: 'Trace',
    isText: true,
    ...(width !== undefined && { width }),
    links: [toTrace('${__value.raw}', form)],
  };
}

/** The same trace in Jaeger; it is there where the dashboard knows where Jaeger is. */
export const JAEGER_COLUMN: Column = { ...JAEGER, isText: true, links: [toJaegerTrace('${__value.raw}')] };

/** Most events have none of these: dashes in their place would hide what is there. */
const RARE = { empty: '' } as const;

/** What happened in a session. The message has the room that is left; columns that few rows fill are narrow. */
export function eventColumns(form: Form): readonly Column[] {
  return [
    { title: 'Time', unit: 'time:YYYY-MM-DD HH:mm:ss.SSS', width: 190 },
    { title: 'Event', width: 210 },
    { title: 'Tool', width: 120, ...RARE },
    LATENCY,
    OUTCOME,
    { title: 'Error', width: 120, ...RARE },
    { title: 'Code', unit: 'none', width: 70, ...RARE },
    { title: 'Message', isText: true, minWidth: 360, ...RARE },
    { title: 'Kind', width: 70 },
    { title: 'Prompt', width: 80, ...RARE },
    { title: 'Resource', width: 90, ...RARE },
    { title: 'End reason', width: 100, ...RARE },
    traceColumn(form, 90),
    JAEGER_COLUMN,
  ];
}
