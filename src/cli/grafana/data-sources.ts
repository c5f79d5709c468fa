import { visible } from '../../explorer/text/visible.ts';
import { CliError } from '../io.ts';
import { fieldOf, type GrafanaClient, unexpected } from './client.ts';
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

/** The types of data sources that variables of the dashboards stand for. */
export function typesOf(dashboards: readonly DashboardJson[]): string[] {
  return [...new Set(dashboards.flatMap(variablesOf).map(({ query }) => String(query)))].sort();
}

/**
 * One data source per type: the given one, else the only one, else the default one.
 *
 * @param given - uids by type
 * @throws {@link CliError} where there is none, or several; it names those that are there
 */
export async function chooseDataSources(
  client: GrafanaClient,
  types: readonly string[],
  given: Readonly<Record<string, string | undefined>>,
): Promise<Choice> {
  const answer = await client.get('/api/datasources');
  if (answer.status === 403 && types.every((type) => given[type] !== undefined)) {
    // Who may not list them may use them by their uid all the same.
    return new Map(
      types.map((type) => [type, { uid: given[type]!, name: given[type]!, type, isDefault: false }]),
    );
  }
  if (answer.status !== 200) {
    const error = unexpected('list the data sources', answer, client);
    const hint = answer.status === 403 ? `\nOr name them: ${types.map(optionOf).join(' ')}` : '';
    throw new CliError(error.message + hint, 1);
  }
  const all = dataSourcesOf(answer.json);
  return new Map(types.map((type) => [type, choose(type, all, given[type])]));
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
    throw new CliError(`${optionOf(type)}: ${what} data source: ${visible(uid)}\n${listed(type, ofType)}`, 1);
  }
  if (ofType.length === 0) throw new CliError(noneOf(type, all), 1);
  const [only] = ofType.length === 1 ? ofType : ofType.filter(({ isDefault }) => isDefault);
  if (only !== undefined) return only;
  throw new CliError(
    `Grafana has ${ofType.length} data sources of the type ${type}: say which with ${optionOf(type)}\n${listed(type, ofType)}`,
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

function listed(type: string, dataSources: readonly DataSource[]): string {
  if (dataSources.length === 0) return `Grafana has no data source of the type ${type}`;
  const lines = dataSources.map(({ uid, name }) => `    ${visible(uid)}  ${visible(name)}`);
  return [`Those of the type ${type}, uid and name:`, ...lines].join('\n');
}

function optionOf(type: string): string {
  return `--${type} UID`;
}

function variablesOf(dashboard: DashboardJson): DashboardJson[] {
  return objectsOf(fieldOf(dashboard['templating'], 'list')).filter(isDataSource);
}

function isDataSource({ type }: DashboardJson): boolean {
  return type === 'datasource';
}

function dataSourcesOf(json: unknown): DataSource[] {
  return objectsOf(json).map(({ uid, name, type, isDefault }) => ({
    uid: String(uid),
    name: String(name),
    type: String(type),
    isDefault: isDefault === true,
  }));
}
