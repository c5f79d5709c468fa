import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { ATTR_SERVICE_NAME } from '../../src/sdk/signals/semconv.ts';
import { FORM_NAMES, type Form, SPAN_SOURCES, spansOf } from './form.ts';
import { JAEGER_URL } from './links.ts';
import { LABELS, METRICS } from './names.ts';
import { select } from './promql.ts';
import { TO_SERVERS } from './sides.ts';
import { SESSION_SPANS, SPANS } from './sql/parts.ts';

/** Where metric panels read from: a variable, so that a dashboard works in every Grafana. */
export const PROMETHEUS = { type: 'prometheus', uid: '${prometheus}' };

/** Matches every series, and those without the label: resources of applications may have no instance. */
const ALL = '.*';
/** `TempoVariableQueryType.LabelValues` of Grafana's data source. */
const TEMPO_LABEL_VALUES = 1;

/** Where panels of spans read from. */
export function spansVariable(form: Form): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder(form)
    .label(`${FORM_NAMES[form]} data source`)
    .type(SPAN_SOURCES[form]);
}

export function prometheusVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('prometheus').label('Prometheus data source').type('prometheus');
}

/** The servers that were asked anything, and their processes. */
export function processVariables(): QueryVariableBuilder[] {
  const { count } = METRICS.serverOperation;
  return [
    labelVariable('job', 'Job', 'The servers, by service name.', select(count, TO_SERVERS), LABELS.job),
    labelVariable(
      'instance',
      'Instance',
      'Their processes.',
      select(count, `${LABELS.job}=~"$job"`, TO_SERVERS),
      LABELS.instance,
    ),
  ];
}

/** Selects the series of the processes that {@link processVariables} have. */
export const PROCESSES = [`${LABELS.job}=~"$job"`, `${LABELS.instance}=~"$instance"`];

export function jaegerVariable(): TextBoxVariableBuilder {
  return textVariable(
    JAEGER_URL,
    'Jaeger',
    'Where the browser reaches the web interface of Jaeger, such as http://127.0.0.1:16686; links to it start with this. Without it there are none.',
  );
}

export function textVariable(
  name: string,
  label: string,
  description: string,
  value = '',
): TextBoxVariableBuilder {
  return new TextBoxVariableBuilder(name)
    .label(label)
    .description(description)
    .defaultValue(value)
    .current({ selected: false, text: value, value });
}

/** One of several, each with the value that queries see. The first is the default. */
export function choiceVariable(
  name: string,
  label: string,
  description: string,
  choices: Readonly<Record<string, string>>,
): CustomVariableBuilder {
  const options = Object.entries(choices).map(([text, value], i) => ({ selected: i === 0, text, value }));
  return new CustomVariableBuilder(name)
    .label(label)
    .description(description)
    .values(options.map(({ text, value }) => `${text} : ${value}`).join(','))
    .options(options)
    .current(options[0]!);
}

/** The values of a label in Prometheus. */
export function labelVariable(
  name: string,
  label: string,
  description: string,
  series: string,
  of: string,
): QueryVariableBuilder {
  const query = `label_values(${series}, ${of})`;
  return allOf(new QueryVariableBuilder(name))
    .label(label)
    .description(description)
    .datasource(PROMETHEUS)
    .definition(query)
    .query({ qryType: 1, query, refId: `${name}Values` });
}

/** The services that have sessions in the time range; of Tempo, those that have spans. */
export function serviceVariable(form: Form): QueryVariableBuilder {
  const variable = allOf(new QueryVariableBuilder('service'))
    .label('Service')
    .description('The servers whose sessions are shown.')
    .datasource(spansOf(form));
  const refId = 'serviceValues';
  // Grafana looks for the scope of an attribute in Tempo, so it is named without one.
  if (form === 'tempo') {
    return variable.query({ type: TEMPO_LABEL_VALUES, label: ATTR_SERVICE_NAME, stream: '', refId });
  }
  const rawSql = `SELECT DISTINCT ServiceName FROM ${SPANS} WHERE ${SESSION_SPANS.join(' AND ')} ORDER BY ServiceName LIMIT 1000`;
  return variable.definition(rawSql).query({ queryType: 'sql', rawSql, refId });
}

function allOf(variable: QueryVariableBuilder): QueryVariableBuilder {
  return variable
    .multi(true)
    .includeAll(true)
    .allValue(ALL)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}
