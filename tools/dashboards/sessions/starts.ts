import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { FORM_NAMES, type Form, spansOf } from '../form.ts';
import { type Drawn, statPanel, timePanel } from '../panels.ts';
import { spanMetric, sqlRows, sqlSeries } from '../queries.ts';
import { all, attribute, IN_RANGE, isChosen, SPANS } from '../sql/parts.ts';
import { perStep } from '../sql/steps.ts';
import { resource } from '../tempo/traceql.ts';
import { noSpans, SERVICE_SPANS } from './selection.ts';

const STARTED_SESSIONS = [
  IN_RANGE,
  `SpanName = '${semconv.SPAN_SESSION_START}'`,
  isChosen('ServiceName', 'service'),
];
const SESSION = attribute(semconv.ATTR_MCP_CLIENT_SESSION_ID);
/** A session that several processes serve starts in each of them; and a span may be delivered twice. */
const COUNT = `uniqExact(${SESSION})`;
/** Of those starts the first, which stands in one step of a graph. */
const FIRST_START = `(${SESSION}, Timestamp) IN (
        SELECT ${SESSION}, min(Timestamp)
        FROM ${SPANS}
        WHERE ${all(STARTED_SESSIONS, '          ')}
        GROUP BY ${SESSION}
      )`;
const STARTS = `{ name = "${semconv.SPAN_SESSION_START}" && ${SERVICE_SPANS} }`;

export function started(form: Form) {
  return statPanel({
    title: 'Sessions started',
    shows:
      'Client sessions that started in the time range, counted from their start spans: sampled ones only.',
    calc: 'sum',
    ...counted(form),
    ...(form === 'tempo'
      ? { targets: [spanMetric(`${STARTS} | count_over_time()`)] }
      : {
          targets: [
            sqlRows(`SELECT ${COUNT} AS \`Sessions\`\nFROM ${SPANS}\nWHERE ${all(STARTED_SESSIONS)}`),
          ],
        }),
  });
}

export function startsOverTime(form: Form) {
  return timePanel({
    title: 'Sessions started over time',
    shows: 'Client sessions that started, by server, per step of the graph. Counted from start spans.',
    stacked: true,
    ...counted(form),
    targets: [
      form === 'tempo'
        ? spanMetric(`${STARTS} | count_over_time() by (${resource(semconv.ATTR_SERVICE_NAME)})`)
        : sqlSeries(
            perStep({
              values: [['Value', COUNT]],
              by: [['server', 'ServiceName']],
              conditions: [...STARTED_SESSIONS, FIRST_START],
            }),
          ),
    ],
  });
}

function counted(form: Form): Pick<Drawn, 'whenEmpty' | 'unit' | 'datasource'> {
  const limit = form === 'tempo' ? ` ${FORM_NAMES.tempo} answers for at most 24 hours by default.` : '';
  return { whenEmpty: `${noSpans(form)}${limit}`, unit: 'short', datasource: spansOf(form) };
}
