import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/**
 * The part of Grafana's documented HTTP API that `dashboards import` uses, held strictly: methods, paths, status codes
 * and bodies as the documentation of Grafana 11 to 13 has them. Grafana itself cannot run where these tests do.
 */
export interface Grafana {
  url: string;
  dataSources: DataSourceDto[];
  folders: { uid: string; title: string }[];
  dashboards: Map<string, StoredDashboard>;
  /** Every request but those for its health. */
  requests: { method: string; path: string; body: any }[];
  close(): Promise<void>;
}

export interface DataSourceDto {
  uid: string;
  name: string;
  type: string;
  isDefault?: boolean;
}

export interface StoredDashboard {
  dashboard: Record<string, unknown>;
  folderUid: string;
  version: number;
  message: string;
  provisioned?: boolean;
}

export type Role = 'Admin' | 'Editor' | 'Viewer';

export interface GrafanaOptions {
  /** `serve_from_sub_path`: begins with a slash. */
  subPath?: string;
  /** By what stands in the header `authorization`. */
  access?: Record<string, Role>;
  /** Default: `ok`. */
  database?: string;
  /** What it says its version is. */
  version?: string;
  /** Give dashboards back in a newer schema than they were saved in, as Grafana 12 and later may. */
  migrates?: boolean;
}

interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

const RIGHTS: Record<Role, string[]> = {
  Admin: ['datasources:read', 'folders:create', 'dashboards:write'],
  // Without the right to see data sources, as in Grafana itself.
  Editor: ['folders:create', 'dashboards:write'],
  Viewer: [],
};

export async function startGrafana(options: GrafanaOptions = {}): Promise<Grafana> {
  const {
    subPath = '',
    access = { 'Bearer admin-token': 'Admin' },
    database = 'ok',
    version = '13.2.0',
  } = options;
  const sockets = new Set<Socket>();
  const grafana: Grafana = {
    url: '',
    dataSources: [
      { uid: 'click-1', name: 'ClickHouse', type: 'grafana-clickhouse-datasource' },
      { uid: 'prom-1', name: 'Prometheus', type: 'prometheus', isDefault: true },
    ],
    folders: [],
    dashboards: new Map(),
    requests: [],
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? '', grafana.url);
    const answer = ((): Answer => {
      if (!url.pathname.startsWith(`${subPath}/`)) {
        const location = `${grafana.url}${url.pathname}${url.search}`;
        return { status: 301, body: '', headers: { location } };
      }
      const path = url.pathname.slice(subPath.length);
      if (path === '/api/health' && request.method === 'GET') {
        return {
          status: database === 'ok' ? 200 : 503,
          body: { commit: '087143285', database, version },
        };
      }
      const body = parsed(Buffer.concat(chunks));
      grafana.requests.push({ method: request.method ?? '', path: `${path}${url.search}`, body });
      const role = access[request.headers.authorization ?? 'nobody'];
      if (role === undefined) return { status: 401, body: { message: 'Unauthorized' } };
      const isJson = request.headers['content-type'] === 'application/json';
      if (request.method === 'POST' && (!isJson || body === undefined)) {
        return { status: 400, body: { message: 'bad request data' } };
      }
      return route(grafana, options, `${request.method} ${path}`, url.searchParams, body, role);
    })();
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    response
      .writeHead(answer.status, { 'content-type': 'application/json; charset=UTF-8', ...answer.headers })
      .end(text);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  grafana.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${subPath}`;
  return grafana;
}

function route(
  grafana: Grafana,
  options: GrafanaOptions,
  what: string,
  query: URLSearchParams,
  body: any,
  role: Role,
): Answer {
  const missing = (right: string): Answer | undefined =>
    RIGHTS[role].includes(right) ? undefined : forbidden(right);
  if (what === 'GET /api/datasources') {
    return missing('datasources:read') ?? { status: 200, body: grafana.dataSources.map(dataSourceDto) };
  }
  if (what === 'GET /api/folders') return listFolders(grafana, query);
  if (what === 'POST /api/folders') return missing('folders:create') ?? createFolder(grafana, body);
  if (what === 'POST /api/dashboards/db') {
    return missing('dashboards:write') ?? saveDashboard(grafana, options, body);
  }
  const [, uid, rest] = /^GET \/api\/dashboards\/uid\/([^/]+)(\/versions)?$/.exec(what) ?? [];
  const stored = uid === undefined ? undefined : grafana.dashboards.get(uid);
  if (uid === undefined) return { status: 404, body: { message: 'Not found' } };
  if (stored === undefined) return { status: 404, body: { message: 'Dashboard not found' } };
  if (rest === undefined) return { status: 200, body: dashboardDto(uid, stored, options) };
  return { status: 200, body: [{ uid, version: stored.version, message: stored.message }] };
}

function dataSourceDto({ uid, name, type, isDefault = false }: DataSourceDto, index: number): object {
  const id = index + 1;
  return {
    id,
    orgId: 1,
    uid,
    name,
    type,
    access: 'proxy',
    url: '',
    isDefault,
    jsonData: {},
    readOnly: false,
  };
}

function listFolders({ folders }: Grafana, query: URLSearchParams): Answer {
  const limit = Number(query.get('limit') ?? 1_000);
  const from = (Number(query.get('page') ?? 1) - 1) * limit;
  const body = folders
    .slice(from, from + limit)
    .map(({ uid, title }, i) => ({ id: from + i + 1, uid, title }));
  return { status: 200, body };
}

function createFolder({ folders }: Grafana, { title }: any): Answer {
  if (typeof title !== 'string' || title === '') {
    return { status: 400, body: { message: 'folder title cannot be empty' } };
  }
  if (folders.some((folder) => folder.title === title)) {
    return { status: 409, body: { message: 'a folder with the same name already exists' } };
  }
  const uid = `folder-${folders.length + 1}`;
  folders.push({ uid, title });
  return {
    status: 200,
    body: { id: folders.length, uid, title, url: `/dashboards/f/${uid}/x`, version: 1, canSave: true },
  };
}

function saveDashboard(grafana: Grafana, options: GrafanaOptions, body: any): Answer {
  const { dashboard, folderUid = '', message = '', overwrite = false } = body;
  const bad = (text: string): Answer => ({ status: 400, body: { message: text } });
  if (typeof dashboard?.title !== 'string' || dashboard.title === '') {
    return bad('Dashboard title cannot be empty');
  }
  const { uid } = dashboard;
  if (typeof uid !== 'string' || uid.length > 40 || !/^[\w-]+$/.test(uid)) return bad('uid is not valid');
  if (message.length > 500) return bad('message too long, max 500 characters');
  if (dashboard.id !== null && dashboard.id !== undefined) {
    return { status: 404, body: { message: 'Dashboard not found', status: 'not-found' } };
  }
  if (folderUid !== '' && !grafana.folders.some((folder) => folder.uid === folderUid)) {
    return bad('folder not found');
  }
  const before = grafana.dashboards.get(uid);
  if (before?.provisioned === true) return bad('Cannot save provisioned dashboard');
  if (before !== undefined && !overwrite && dashboard.version !== before.version) {
    const text = 'The dashboard has been changed by someone else';
    return { status: 412, body: { message: text, status: 'version-mismatch' } };
  }
  const version = (before?.version ?? 0) + 1;
  grafana.dashboards.set(uid, { dashboard, folderUid, version, message });
  const slug = dashboard.title.toLowerCase().replaceAll(' ', '-');
  const url = `${options.subPath ?? ''}/d/${uid}/${slug}`;
  return { status: 200, body: { id: grafana.dashboards.size, uid, url, status: 'success', version, slug } };
}

function dashboardDto(
  uid: string,
  stored: StoredDashboard,
  { migrates, subPath = '' }: GrafanaOptions,
): object {
  const { dashboard, folderUid, version, provisioned = false } = stored;
  const newer = migrates === true ? { schemaVersion: 42, preload: false } : {};
  return {
    dashboard: { ...dashboard, id: 7, version, ...newer },
    meta: { isStarred: false, url: `${subPath}/d/${uid}/x`, folderUid, provisioned },
  };
}

function forbidden(right: string): Answer {
  const message = `You'll need additional permissions to perform this action. Permissions needed: ${right}`;
  return { status: 403, body: { accessErrorId: 'ACE0000000000', message, title: 'Access denied' } };
}

function parsed(raw: Buffer): any {
  try {
    return JSON.parse(raw.toString());
  } catch {
    return undefined;
  }
}
