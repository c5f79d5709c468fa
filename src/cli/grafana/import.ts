import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import manifest from '../../../package.json' with { type: 'json' };
import { visible } from '../../explorer/text/visible.ts';
import { CliError } from '../io.ts';
import { fieldOf, type GrafanaClient, unexpected } from './client.ts';
import { type DashboardJson, objectsOf, type ShippedDashboard } from './shipped.ts';

/** What became of a dashboard. */
export type Outcome = 'created' | 'updated' | 'unchanged';

export interface Imported {
  readonly outcome: Outcome;
  readonly title: string;
  /** Its page. */
  readonly url: string;
}

/** A folder of Grafana. In a dry run, one that would be made has no uid. */
export interface Folder {
  readonly uid: string | undefined;
  readonly isNew: boolean;
}

const FOLDERS_PER_PAGE = 1_000;
const MAX_PAGES = 100;

/** The folder with this title, or this uid; made where there is none. */
export async function ensureFolder(client: GrafanaClient, name: string, isDryRun: boolean): Promise<Folder> {
  const found = await findFolder(client, name);
  if (found !== undefined) return { uid: found, isNew: false };
  if (isDryRun) return { uid: undefined, isNew: true };
  const answer = await client.post('/api/folders', { title: name });
  const uid = fieldOf(answer.json, 'uid');
  if (answer.status === 200 && typeof uid === 'string') return { uid, isNew: true };
  throw unexpected(`make the folder ${visible(name)}`, answer, client);
}

/**
 * Puts a dashboard into Grafana where it is not there as it is. Grafana may keep it in another form than it was given
 * (it migrates old ones), so that it is also known by a hash in the message of its newest version.
 *
 * @param dashboard - with its data sources set
 * @param folder - `undefined`: where it is; a new one at the top
 */
export async function importDashboard(
  client: GrafanaClient,
  { uid, title }: ShippedDashboard,
  dashboard: DashboardJson,
  folder: Folder | undefined,
  isDryRun: boolean,
): Promise<Imported> {
  const there = await existing(client, uid, title);
  const message = `mcp-sessionscope ${manifest.version} ${fingerprint(dashboard)}`;
  const imported = (outcome: Outcome, url: unknown): Imported => ({
    outcome,
    title,
    url: client.pageUrl(typeof url === 'string' ? url : `/d/${uid}`),
  });
  if (there !== undefined && !isElsewhere(there, folder) && (await isSame(client, uid, there, dashboard))) {
    return imported('unchanged', there.url);
  }
  const outcome = there === undefined ? 'created' : 'updated';
  if (isDryRun) return imported(outcome, there?.url);
  const folderUid = folder?.uid ?? there?.folderUid;
  const answer = await client.post('/api/dashboards/db', {
    dashboard: { ...dashboard, id: null },
    ...(folderUid !== undefined && folderUid !== '' && { folderUid }),
    message,
    overwrite: true,
  });
  if (answer.status !== 200) throw unexpected(`save the dashboard ${title}`, answer, client);
  return imported(outcome, fieldOf(answer.json, 'url'));
}

interface Existing {
  readonly dashboard: DashboardJson;
  readonly folderUid: string;
  readonly url: unknown;
}

async function existing(client: GrafanaClient, uid: string, title: string): Promise<Existing | undefined> {
  const answer = await client.get(`/api/dashboards/uid/${encodeURIComponent(uid)}`);
  // Grafana may answer with 403 for what is not there: saving tells which it was.
  if (answer.status === 404 || answer.status === 403) return undefined;
  const dashboard = fieldOf(answer.json, 'dashboard');
  if (answer.status !== 200 || typeof dashboard !== 'object' || dashboard === null) {
    throw unexpected(`look at the dashboard ${title}`, answer, client);
  }
  const meta = fieldOf(answer.json, 'meta');
  return {
    dashboard: dashboard as DashboardJson,
    folderUid: String(fieldOf(meta, 'folderUid') ?? ''),
    url: fieldOf(meta, 'url'),
  };
}

function isElsewhere({ folderUid }: Existing, folder: Folder | undefined): boolean {
  return folder !== undefined && folder.uid !== folderUid;
}

async function isSame(
  client: GrafanaClient,
  uid: string,
  there: Existing,
  dashboard: DashboardJson,
): Promise<boolean> {
  if (isDeepStrictEqual(comparable(there.dashboard), comparable(dashboard))) return true;
  const answer = await client.get(`/api/dashboards/uid/${encodeURIComponent(uid)}/versions?limit=1`);
  // A list; newer ones put it into an object.
  const versions = objectsOf(fieldOf(answer.json, 'versions') ?? answer.json);
  const message = versions[0]?.['message'];
  return (
    answer.status === 200 && typeof message === 'string' && message.endsWith(` ${fingerprint(dashboard)}`)
  );
}

/** Without what Grafana sets itself; and as JSON, which knows no `undefined`. */
function comparable({ id: _id, version: _version, ...dashboard }: DashboardJson): unknown {
  return JSON.parse(JSON.stringify(dashboard));
}

function fingerprint(dashboard: DashboardJson): string {
  return createHash('sha256').update(JSON.stringify(dashboard)).digest('hex').slice(0, 32);
}

async function findFolder(client: GrafanaClient, name: string): Promise<string | undefined> {
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const answer = await client.get(`/api/folders?limit=${FOLDERS_PER_PAGE}&page=${page}`);
    if (answer.status !== 200) throw unexpected('list the folders', answer, client);
    const folders = objectsOf(answer.json);
    const titled = folders.filter(({ title }) => title === name);
    if (titled.length > 1) {
      const uids = titled.map(({ uid }) => visible(String(uid))).join(', ');
      throw new CliError(
        `Grafana has several folders named ${visible(name)}: give the uid of one (${uids})`,
        1,
      );
    }
    const found = titled[0] ?? folders.find(({ uid }) => uid === name);
    if (found !== undefined) return String(found['uid']);
    if (folders.length < FOLDERS_PER_PAGE) return undefined;
  }
  return undefined;
}
