import { LABELS } from '../names.ts';
import {
  isPromQL,
  isSearch,
  isSql,
  isTraceQL,
  type PanelJson,
  panelsOf,
  type Rule,
  type TransformationJson,
} from './model.ts';
import { nodesOf, PLACEHOLDER, parsePromQL, parseTraceQL, textOf } from './syntax.ts';

/** What a table of spans has besides what is selected: the display names of Grafana's data source. */
const SPAN_FIELDS = [
  'traceIdHidden',
  'Trace Service',
  'Trace Name',
  'Span ID',
  'Start time',
  'Name',
  'Duration',
];

/** Those of `@grafana/data`, which is where they can be run without Grafana, that the dashboards use. */
const STEPS: Readonly<Record<string, (fields: Set<string>, options: any) => Step>> = {
  convertFieldType: (fields, { conversions }) => ({
    reads: conversions.map((each: { targetField: string }) => each.targetField),
    leaves: fields,
  }),
  sortBy: (fields, { sort }) => ({
    reads: sort.map((each: { field: string }) => each.field),
    leaves: fields,
  }),
  filterByValue: (fields, { filters }) => ({
    reads: filters.map((each: { fieldName: string }) => each.fieldName),
    leaves: fields,
  }),
  joinByField: (fields, { byField }) => ({ reads: [byField], leaves: fields }),
  groupBy: (_, { fields }) => grouped(fields),
  calculateField: (fields, options) => ({
    reads: operandsOf(options),
    leaves: new Set([...fields, options.alias]),
  }),
  filterFieldsByName: (fields, { exclude }) => ({
    // Where its variable is empty, the pattern is the name of a field.
    reads: [exclude.pattern.replace(PLACEHOLDER, '').replace(/^\/\^(.*)\$\/$/, '$1')],
    leaves: fields,
  }),
  organize: (_, { includeByName, renameByName }) => ({
    reads: Object.keys(includeByName),
    leaves: new Set<string>(Object.values(renameByName)),
  }),
};

interface Step {
  readonly reads: string[];
  readonly leaves: Set<string>;
}

export const FIELD_RULES: readonly Rule[] = [
  {
    name: 'transformations-name-fields',
    *check(all) {
      for (const { dashboard, panel } of panelsOf(all)) {
        for (const what of walk(panel).problems) yield { dashboard, panel, what };
      }
    },
  },
  {
    name: 'overrides-name-columns',
    *check(all) {
      for (const { dashboard, panel } of panelsOf(all)) {
        const { fields } = walk(panel);
        for (const { matcher } of panel.fieldConfig?.overrides ?? []) {
          if (matcher.id === 'byName' && !fields.has(String(matcher.options))) {
            yield { dashboard, panel, what: `an override of ${matcher.options}, which is no column` };
          }
        }
      }
    },
  },
];

function walk(panel: PanelJson): { fields: Set<string>; problems: string[] } {
  let fields = fieldsOf(panel);
  const problems: string[] = [];
  for (const { id, options } of panel.transformations ?? ([] as TransformationJson[])) {
    const step = STEPS[id]?.(fields, options);
    if (step === undefined) {
      problems.push(`the transformation ${id} is not known here`);
      continue;
    }
    for (const name of step.reads)
      if (!fields.has(name)) problems.push(`${id} reads ${name}, which is not there`);
    fields = step.leaves;
  }
  return { fields, problems };
}

/** What a panel's queries give. */
function fieldsOf({ targets = [] }: PanelJson): Set<string> {
  const fields = new Set<string>();
  for (const target of targets) {
    if (isTraceQL(target) && isSearch(target)) {
      for (const name of [...SPAN_FIELDS, ...selectedBy(target.query)]) fields.add(name);
    }
    if (isSql(target)) for (const name of aliasesOf(target.rawSql)) fields.add(name);
    if (!isPromQL(target) || target.format !== 'table') continue;
    fields.add('Time').add(targets.length === 1 ? 'Value' : `Value #${target.refId}`);
    for (const label of labelsOf(target.expr)) fields.add(label);
  }
  return fields;
}

/** The names that SQL gives to its columns, and to those of what it reads from. */
function aliasesOf(sql: string): string[] {
  return [...sql.matchAll(/ AS `([^`]+)`/g)].map(([, name]) => name as string);
}

/** What a search selects. What its conditions name may come too, but need not. */
function selectedBy(search: string): string[] {
  const query = parseTraceQL(search);
  const [selected] = nodesOf(query.root, 'SelectOperation');
  if (selected === undefined) return [];
  const fields = [...nodesOf(selected, 'AttributeField'), ...nodesOf(selected, 'IntrinsicField')];
  return fields.map((node) => textOf(query, node).replace(/^(span|resource|event)\./, ''));
}

/** The labels by which an expression groups. */
function labelsOf(expression: string): string[] {
  const query = parsePromQL(expression);
  return nodesOf(query.root, 'AggregateModifier')
    .flatMap((node) => nodesOf(node, 'LabelName'))
    .map((node) => textOf(query, node))
    .filter((name) => name !== LABELS.bucket);
}

function grouped(fields: Record<string, { operation: string; aggregations: string[] }>): Step {
  const leaves = Object.entries(fields).flatMap(([name, { operation, aggregations }]) =>
    operation === 'groupby' ? [name] : aggregations.map((each) => `${name} (${each})`),
  );
  return { reads: Object.keys(fields), leaves: new Set(leaves) };
}

function operandsOf(options: any): string[] {
  if (options.mode === 'unary') return [options.unary.fieldName];
  if (options.mode === 'reduceRow') return options.reduce.include;
  return [options.binary.left, options.binary.right].flatMap(({ matcher }) =>
    matcher === undefined ? [] : [matcher.options],
  );
}
