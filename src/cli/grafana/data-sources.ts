import { visible } from '../../explorer/text/visible.ts';
import { CliError } from '../io.ts';
import { fieldOf, type GrafanaClient, unexpected } from './client.ts';
import { FORMS, type Form, SPAN_SOURCES } from './forms.ts';
import { type DashboardJson, objectsOf } from './shipped.ts';

/** A data source of Grafana, as far as dashboards need it. */
export interface DataSource {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  readonly isDefault: boolean;
}

/** Chosen data sources by their type. */
export type Choice = ReadonlyMap<string, DataSource>;

const CHOICE = FORMS.map((form) => `--traces ${form}`).join(' or ');
const EITHER = FORMS.map((form) => `--${form} UID`).join(' or ');

/** The types of data sources that variables of the dashboards stand for. */
export function typesOf(dashboards: readonly DashboardJson[]): string[] {
  return [...new Set(dashboards.flatMap(variablesOf).map(({ query }) => String(query)))].sort();
}

/** What Grafana lets see of its data sources. */
export interface Seen {
  /** `undefined` where it shows none to who is asking. */
  readonly all: readonly DataSource[] | undefined;
  /** Why it does not. */
  readonly refusal: string;
}

/** Uids by type, as they were given. */
export type Given = Readonly<Record<string, string | undefined>>;

/** @throws {@link CliError} where Grafana answers otherwise than with a list or that it is not allowed */
export async function seeDataSources(client: GrafanaClient): Promise<Seen> {
  const answer = await client.get('/api/datasources');
  if (answer.status === 200 && Array.isArray(answer.json)) {
    return { all: dataSourcesOf(answer.json), refusal: '' };
  }
  const error = unexpected('list the data sources', answer, client);
  if (answer.status !== 403) throw error;
  return { all: undefined, refusal: error.message };
}

/**
 * The form for what holds the traces: the one that is wanted, else that of the data source that is given, else of the
 * only kind that Grafana has.
 *
 * @throws {@link CliError} where these contradict one another, or Grafana has none or both
 */
export function formFor(wanted: Form | undefined, given: Given, seen: Seen): Form {
  const named = FORMS.filter((form) => given[SPAN_SOURCES[form]] !== undefined);
  const [only, other] = [...new Set([...(wanted === undefined ? [] : [wanted]), ...named])];
  if (only !== undefined && other !== undefined) throw new CliError(contradiction(wanted, only, other), 2);
  return only ?? onlyForm(seen);
}

/** Two data sources, or one that does not go with `--traces`. */
function contradiction(wanted: Form | undefined, one: Form, other: Form): string {
  return wanted === undefined
    ? `--${one} and --${other} do not go together: traces are read from one source`
    : `--${other} does not go with --traces ${wanted}: traces are read from one source`;
}

function onlyForm({ all, refusal }: Seen): Form {
  if (all === undefined)
    throw new CliError(`${refusal}\nOr name them: ${optionOf('prometheus')}, and ${EITHER}`, 1);
  const found = FORMS.filter((form) => all.some(({ type }) => type === SPAN_SOURCES[form]));
  const [only, other] = found;
  if (only !== undefined && other === undefined) return only;
  if (only === undefined) {
    throw new CliError(noneOf(FORMS.map((form) => SPAN_SOURCES[form]).join(' or '), all), 1);
  }
  const listedOf = found.map((form) => listed(SPAN_SOURCES[form], all));
  throw new CliError(
    [`Grafana has data sources of both kinds: say which holds the traces, ${CHOICE}`, ...listedOf].join('\n'),
    1,
  );
}

/**
 * One data source per type: the given one, else the only one, else the default one.
 *
 * @throws {@link CliError} where there is none, or several; it names those that are there
 */
export function chooseDataSources(types: readonly string[], given: Given, { all, refusal }: Seen): Choice {
  if (all !== undefined) return new Map(types.map((type) => [type, choose(type, all, given[type])]));
  // Who may not list them may use them by their uid all the same.
  if (types.some((type) => given[type] === undefined)) {
    throw new CliError(`${refusal}\nOr name them: ${types.map(optionOf).join(' ')}`, 1);
  }
  return new Map(
    types.map((type) => [type, { uid: given[type]!, name: given[type]!, type, isDefault: false }]),
  );
}

/** The dashboard with its data source variables set. */
export function withDataSources(dashboard: DashboardJson, choice: Choice): DashboardJson {
  const templating = dashboard['templating'];
  const list = objectsOf(fieldOf(templating, 'list')).map((variable) => {
    const chosen = isDataSource(variable) ? choice.get(String(variable['query'])) : undefined;
    return chosen === undefined
      ? variable
      : { ...variable, current: { text: chosen.name, value: chosen.uid } };
  });
  return { ...dashboard, templating: { ...(templating as object), list } };
}

function choose(type: string, all: readonly DataSource[], uid: string | undefined): DataSource {
  const ofType = all.filter((each) => each.type === type);
  if (uid !== undefined) {
    const found = ofType.find((each) => each.uid === uid);
    if (found !== undefined) return found;
    const other = all.find((each) => each.uid === uid);
    const what = other === undefined ? 'there is no such' : `that is a ${visible(other.type)}, not a ${type}`;
    throw new CliError(`${optionOf(type)}: ${what} data source: ${visible(uid)}\n${listed(type, all)}`, 1);
  }
  if (ofType.length === 0) throw new CliError(noneOf(type, all), 1);
  const [only] = ofType.length === 1 ? ofType : ofType.filter(({ isDefault }) => isDefault);
  if (only !== undefined) return only;
  throw new CliError(
    `Grafana has ${ofType.length} data sources of the type ${type}: say which with ${optionOf(type)}\n${listed(type, all)}`,
    1,
  );
}

function noneOf(type: string, all: readonly DataSource[]): string {
  const there =
    all.length === 0
      ? 'It has none at all.'
      : `It has these:\n${all.map((each) => `    ${visible(each.uid)}  ${visible(each.name)} (${visible(each.type)})`).join('\n')}`;
  return `Grafana has no data source of the type ${type}. ${there}\nAdd one: Connections, Data sources, Add new data source`;
}

function listed(type: string, all: readonly DataSource[]): string {
  const ofType = all.filter((each) => each.type === type);
  if (ofType.length === 0) return `Grafana has no data source of the type ${type}`;
  const lines = ofType.map(({ uid, name }) => `    ${visible(uid)}  ${visible(name)}`);
  return [`Those of the type ${type}, uid and name:`, ...lines].join('\n');
}

/** Options are named as the forms are. */
function optionOf(type: string): string {
  return `--${FORMS.find((form) => SPAN_SOURCES[form] === type) ?? type} UID`;
}

function variablesOf(dashboard: DashboardJson): DashboardJson[] {
  return objectsOf(fieldOf(dashboard['templating'], 'list')).filter(isDataSource);
}

function isDataSource({ type }: DashboardJson): boolean {
  return type === 'datasource';
}

function dataSourcesOf(json: unknown): DataSource[] {
  const named = objectsOf(json).filter(({ uid }) => typeof uid === 'string' && uid !== '');
  return named.map(({ uid, name, type, isDefault }) => ({
    uid: String(uid),
    name: String(name),
    type: String(type),
    isDefault: isDefault === true,
  }));
}
