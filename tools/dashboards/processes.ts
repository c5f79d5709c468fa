import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Form } from './form.ts';
import { dashboard, place } from './layout.ts';
import { toSessionsOf, UIDS } from './links.ts';
import { LABELS, METRICS } from './names.ts';
import { barPanel, statPanel, timePanel } from './panels.ts';
import { failures, growth, max, select, sum } from './promql.ts';
import { now, rows, series } from './queries.ts';
import { TO_SERVERS } from './sides.ts';
import { type Column, type NamedValue, tablePanel } from './tables.ts';
import { joinBy, sortBy } from './transformations.ts';
import { PROCESSES as CHOSEN, processVariables, prometheusVariable, spansVariable } from './variables.ts';

const { process: PROCESS } = LABELS;
const ASKED = [...CHOSEN, TO_SERVERS];
const CALLS = select(METRICS.serverOperation.count, ...ASKED);
const ENDED = select(METRICS.processSession.count, ...CHOSEN);
const NO_PROCESS =
  'A process shows after its first request, with its next export, a minute at most by default. Widen the time range, set the filters to All, and check with "mcp-sessionscope doctor" that metrics reach the collector. With metricSessionId: false processes are not told apart here.';

/** What the column State holds. */
export const STATES = { ended: 0, up: 1, silent: 2 } as const;
const STATE_VALUES: readonly NamedValue[] = [
  { value: STATES.up, text: 'up', color: 'green' },
  { value: STATES.ended, text: 'ended', color: 'gray' },
  { value: STATES.silent, text: 'silent', color: 'orange' },
];

function columnsOf(form: Form): readonly Column[] {
  return [
    { field: PROCESS, title: 'Process', width: 300 },
    { field: LABELS.job, title: 'Server', links: [toSessionsOf('${__value.raw}', form)] },
    { field: LABELS.version, title: 'Version', width: 90 },
    { field: LABELS.host, title: 'Host' },
    { field: 'Value #B', title: 'Up since', unit: 'dateTimeAsIso', width: 170 },
    { field: 'Value #C', title: 'Last export', unit: 'dateTimeAsIso', width: 170 },
    { field: 'Value #G', title: 'State', unit: 'none', width: 80, values: STATE_VALUES },
    { field: 'Value #D', title: 'Client sessions', unit: 'none', width: 120, empty: '0' },
    { field: 'Value #E', title: 'Calls', unit: 'none', width: 90 },
    {
      field: 'Value #F',
      title: 'Errors',
      unit: 'none',
      width: 80,
      empty: '0',
      steps: [
        [null, 'text'],
        [1, 'red'],
      ],
    },
    { field: 'Value #H', title: 'Process session', unit: 's', width: 120 },
  ];
}

export function processesDashboard(form: Form): Dashboard {
  return dashboard({
    uid: UIDS.processes,
    title: 'MCP Server processes',
    description:
      'The processes of the MCP servers: each is one process session, with its own mcp.session.id.',
    from: 'now-6h',
    refresh: '1m',
    variables: [prometheusVariable(), spansVariable(form), ...processVariables()],
    sections: [
      { panels: [place(6, 4, up()), place(6, 4, starts()), place(6, 4, silent()), place(6, 4, ended())] },
      { panels: [place(24, 12, processTable(form))] },
      { panels: [place(12, 8, upOverTime()), place(12, 8, sessionDurations())] },
    ],
  });
}

/** Values that a process sent in the last five minutes, as long as Prometheus takes a value for the current one. */
function isUp(): string {
  return `(${max([LABELS.job, PROCESS], CALLS)} unless ${max([LABELS.job, PROCESS], ENDED)})`;
}

function seen(): string {
  return max([LABELS.job, PROCESS], `last_over_time(${CALLS}[$__range])`);
}

function seenBefore(): string {
  return max([LABELS.job, PROCESS], `last_over_time(${CALLS}[$__range] offset $__range)`);
}

function hasEnded(): string {
  return max([LABELS.job, PROCESS], `last_over_time(${ENDED}[$__range])`);
}

function up() {
  return statPanel({
    title: 'Processes up',
    shows: 'Server processes that export at the end of the time range and did not shut down.',
    whenEmpty: NO_PROCESS,
    unit: 'short',
    targets: [now(`count${isUp()}`)],
  });
}

function starts() {
  return statPanel({
    title: 'Process starts',
    shows:
      'Server processes that were first seen in the time range, the first start of a server included. A process is a session of its own, so a restart is a new mcp.session.id.',
    whenEmpty: NO_PROCESS,
    unit: 'short',
    targets: [now(`count(${seen()} unless ${seenBefore()}) or count(${seen()}) * 0`)],
  });
}

function silent() {
  return statPanel({
    title: 'Silent processes',
    shows:
      'Processes that exported in the time range, stopped, and did not say that they end: crashed, killed, or cut off from the collector.',
    whenEmpty: NO_PROCESS,
    unit: 'short',
    steps: [
      [null, 'green'],
      [1, 'orange'],
    ],
    targets: [now(`count(${seen()} unless ${hasEnded()} unless ${isUp()}) or count(${seen()}) * 0`)],
  });
}

function ended() {
  return statPanel({
    title: 'Processes ended',
    shows: 'Processes that shut down in order in the time range, and recorded how long they lived.',
    whenEmpty: NO_PROCESS,
    unit: 'short',
    targets: [now(`count(${hasEnded()}) or count(${seen()}) * 0`)],
  });
}

function processTable(form: Form) {
  const by = [PROCESS];
  const identity = [LABELS.job, PROCESS, LABELS.version, LABELS.host];
  const resources = `topk by (${LABELS.job}, ${LABELS.instance}) (1, last_over_time(${select(METRICS.targetInfo, ...CHOSEN)}[$__range]))`;
  const processes = max([LABELS.job, LABELS.instance, PROCESS], `last_over_time(${CALLS}[$__range])`);
  const joined = `${processes} * on (${LABELS.job}, ${LABELS.instance}) group_left (${LABELS.version}, ${LABELS.host}) ${resources}`;
  const stamps = `timestamp(${CALLS})[$__range:1m]`;
  const state = [
    `${max(by, `last_over_time(${ENDED}[$__range])`)} * 0`,
    `${max(by, CALLS)} * 0 + ${STATES.up}`,
    `${max(by, `last_over_time(${CALLS}[$__range])`)} * 0 + ${STATES.silent}`,
  ].join(' or ');
  const open = select(METRICS.activeSessions, ...CHOSEN);
  const sessions = `last_over_time(${select(METRICS.clientSession.count, ...CHOSEN)}[$__range])`;
  return tablePanel({
    title: 'Processes',
    shows:
      'One row for each server process, which is one mcp.session.id, the newest first. Up since is its first export within the time range; for older processes, the beginning of the range. Calls and errors count since the start of the process. Client sessions: those that ended, and those that are open. State: up; ended, which is to say shut down in order; silent, which is to say that exports stopped five minutes ago without an end.',
    whenEmpty: NO_PROCESS,
    unit: 'short',
    targets: [
      rows(`group by (${identity.join(', ')}) (${joined})`, 'A'),
      rows(`min by (${PROCESS}) (min_over_time(${stamps})) * 1000`, 'B'),
      rows(`${max(by, `max_over_time(${stamps})`)} * 1000`, 'C'),
      rows(sum(by, `${sessions} or ${open}`), 'D'),
      rows(sum(by, `last_over_time(${CALLS}[$__range])`), 'E'),
      rows(
        sum(
          by,
          failures(METRICS.serverOperation.count, ASKED, (one) => `last_over_time(${one}[$__range])`),
        ),
        'F',
      ),
      rows(state, 'G'),
      rows(sum(by, `last_over_time(${select(METRICS.processSession.sum, ...CHOSEN)}[$__range])`), 'H'),
    ],
    transformations: [joinBy(PROCESS), sortBy('Value #B', true)],
    shown: columnsOf(form),
  });
}

function upOverTime() {
  return timePanel({
    title: 'Processes over time',
    shows:
      'Server processes that export, by server. A process counts for five minutes after its last export.',
    whenEmpty: NO_PROCESS,
    unit: 'short',
    targets: [series(`count by (${LABELS.job}) ${isUp()}`, `{{${LABELS.job}}}`)],
  });
}

function sessionDurations() {
  const upTo = (seconds: string): string => {
    const bucket = select(METRICS.processSession.bucket, ...CHOSEN, `${LABELS.bucket}="${seconds}"`);
    return sum([], growth(bucket));
  };
  return barPanel({
    title: 'Process session durations',
    shows: 'How long the processes lived that shut down in the time range: so many of them.',
    whenEmpty:
      'No process shut down in order in the time range. The duration is recorded by shutdown(): wire it with installShutdownHooks.',
    unit: 'short',
    targets: [
      now(upTo('60'), 'less than a minute', 'A'),
      now(`${upTo('3600')} - ${upTo('60')}`, 'less than an hour', 'B'),
      now(`${upTo('86400')} - ${upTo('3600')}`, 'less than a day', 'C'),
      now(`${upTo('+Inf')} - ${upTo('86400')}`, 'longer', 'D'),
    ],
  });
}
