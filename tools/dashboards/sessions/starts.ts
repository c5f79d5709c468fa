import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { FORM_NAMES, type Form, spansOf } from '../form.ts';
import { type Drawn, statPanel, timePanel } from '../panels.ts';
import { spanMetric, sqlRows, sqlSeries } from '../queries.ts';
import { idsWithKey } from '../sql/joining.ts';
import { all, attribute, IN_RANGE, isChosen, SESSION_SPANS, SPANS } from '../sql/parts.ts';
import { placedParts } from '../sql/sessions.ts';
import { perStep } from '../sql/steps.ts';
import { resource } from '../tempo/traceql.ts';
import { noSpans, SERVICE_SPANS } from './selection.ts';

const OF_SERVICE = isChosen('ServiceName', 'service');
const STARTED_SESSIONS = [IN_RANGE, `SpanName = '${semconv.SPAN_SESSION_START}'`, OF_SERVICE];
const SESSION = attribute(semconv.ATTR_MCP_CLIENT_SESSION_ID);
/** The beginning of a query that asks for {@link IS_FIRST_PART}: parts that may be later ones. */
const PARTS = `WITH\n${placedParts([OF_SERVICE, `${SESSION} IN (\n      ${idsWithKey([...SESSION_SPANS, OF_SERVICE])}\n    )`])}`;
/** A session that several processes serve starts in each of them; and a span may be delivered twice. */
const COUNT = `uniqExact(${SESSION})`;
/** The first part of its session. */
const IS_FIRST_PART = `${SESSION} NOT IN (
        SELECT arrayJoin(later)
        FROM (
          SELECT arraySlice(arraySort(groupArray((started, session))), 2).2 AS later
          FROM placed
          GROUP BY scope, number
        )
      )`;
/** Of the starts of one id the first, which stands in one step of a graph. */
const FIRST_START = `(${SESSION}, Timestamp) IN (
        SELECT ${SESSION}, min(Timestamp)
        FROM ${SPANS}
        WHERE ${all(STARTED_SESSIONS, '          ')}
        GROUP BY ${SESSION}
      )`;
const PARTS_COUNT: Readonly<Record<Form, string>> = {
  clickhouse: 'One that several processes recorded counts once.',
  tempo: 'One that several processes recorded counts once for each.',
};
const STARTS = `{ name = "${semconv.SPAN_SESSION_START}" && ${SERVICE_SPANS} }`;

export function started(form: Form) {
  return statPanel({
    title: 'Sessions started',
    shows: `Client sessions that started in the time range, counted from their start spans: sampled ones only. ${PARTS_COUNT[form]}`,
    calc: 'sum',
    ...counted(form),
    ...(form === 'tempo'
      ? { targets: [spanMetric(`${STARTS} | count_over_time()`)] }
      : {
          targets: [
            sqlRows(
              `${PARTS}\nSELECT ${COUNT} AS \`Sessions\`\nFROM ${SPANS}\nWHERE ${all([...STARTED_SESSIONS, IS_FIRST_PART])}`,
            ),
          ],
        }),
  });
}

export function startsOverTime(form: Form) {
  return timePanel({
    title: 'Sessions started over time',
    shows: `Client sessions that started, by server, per step of the graph. Counted from start spans. ${PARTS_COUNT[form]}`,
    stacked: true,
    ...counted(form),
    targets: [
      form === 'tempo'
        ? spanMetric(`${STARTS} | count_over_time() by (${resource(semconv.ATTR_SERVICE_NAME)})`)
        : sqlSeries(
            `${PARTS}\n${perStep({
              values: [['Value', COUNT]],
              by: [['server', 'ServiceName']],
              conditions: [...STARTED_SESSIONS, FIRST_START, IS_FIRST_PART],
            })}`,
          ),
    ],
  });
}

function counted(form: Form): Pick<Drawn, 'whenEmpty' | 'unit' | 'datasource'> {
  const limit = form === 'tempo' ? ` ${FORM_NAMES.tempo} answers for at most 24 hours by default.` : '';
  return { whenEmpty: `${noSpans(form)}${limit}`, unit: 'short', datasource: spansOf(form) };
}
