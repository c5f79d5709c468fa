import {
  CALLED_KINDS,
  type CalledKind,
  SESSION_SORTS,
  type SessionQuery,
  type SessionSort,
} from '../server/api.ts';
import type { SessionStatus } from '../sessions/row.ts';

export const TABS = ['sessions', 'tools', 'errors', 'overview'] as const;
export type Tab = (typeof TABS)[number];

export const STATUSES: readonly SessionStatus[] = ['active', 'ended', 'lost'];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Time ranges that end now, in milliseconds. */
export const RANGES = { '15m': 15 * MINUTE, '1h': HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR } as const;
export type RangeName = keyof typeof RANGES;

export const TOOL_SORTS = [
  'tool',
  'servers',
  'listed',
  'seen',
  'calls',
  'errors',
  'p50',
  'p95',
  'p99',
  'size',
  'cost',
  'last',
] as const;
export type ToolSort = (typeof TOOL_SORTS)[number];

export const ERROR_SORTS = [
  'what',
  'type',
  'count',
  'sessions',
  'clients',
  'servers',
  'first',
  'last',
] as const;
export type ErrorSort = (typeof ERROR_SORTS)[number];

export type Direction = 'asc' | 'desc';

/** All that the address says: what is shown, and how. */
export interface View {
  readonly tab: Tab;
  readonly q: string;
  readonly status: SessionStatus | undefined;
  readonly client: string | undefined;
  readonly tool: string | undefined;
  readonly service: string | undefined;
  readonly errors: boolean;
  /** A range that ends now; `from` and `to` count where it is absent. */
  readonly range: RangeName | undefined;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly sort: SessionSort;
  readonly order: Direction;
  /** Ids of the sessions that are open. */
  readonly open: readonly string[];
  /** Span of the event that is gone to in a session that is open. */
  readonly event: string | undefined;
  /** Ids of the sessions to compare: one while the other is chosen, then two side by side. */
  readonly compare: readonly string[];
  readonly toolSort: ToolSort;
  readonly toolOrder: Direction;
  /** Names of the tools that are open. */
  readonly toolOpen: readonly string[];
  readonly errorSort: ErrorSort;
  readonly errorOrder: Direction;
  /** Of what the tools tab tells. */
  readonly kind: CalledKind;
  /** What is looked for in that tab. */
  readonly find: string;
}

export const DEFAULT_VIEW: View = {
  tab: 'sessions',
  q: '',
  status: undefined,
  client: undefined,
  tool: undefined,
  service: undefined,
  errors: false,
  range: undefined,
  from: undefined,
  to: undefined,
  sort: 'started',
  order: 'desc',
  open: [],
  event: undefined,
  compare: [],
  toolSort: 'calls',
  toolOrder: 'desc',
  toolOpen: [],
  errorSort: 'count',
  errorOrder: 'desc',
  kind: 'tool',
  find: '',
};

/** Sorts that begin with the smallest; the others begin with the largest. */
const ASCENDING_FIRST: readonly string[] = [
  'session',
  'client',
  'server',
  'status',
  'tools',
  'tool',
  'servers',
  'listed',
  'seen',
  'what',
  'type',
  'clients',
];

/** Which direction a click on a column's header asks for. */
export function nextDirection(column: string, sort: string, order: Direction): Direction {
  if (column === sort) return order === 'asc' ? 'desc' : 'asc';
  return ASCENDING_FIRST.includes(column) ? 'asc' : 'desc';
}

/** What an address shows. Values that mean nothing are left out, so that an old or a mistyped address still opens. */
export function readView(search: string): View {
  const params = new URLSearchParams(search);
  const text = (name: string) => params.get(name) || undefined;
  const sort = oneOf(SESSION_SORTS, params.get('sort')) ?? DEFAULT_VIEW.sort;
  const toolSort = oneOf(TOOL_SORTS, params.get('tool-sort')) ?? DEFAULT_VIEW.toolSort;
  const errorSort = oneOf(ERROR_SORTS, params.get('error-sort')) ?? DEFAULT_VIEW.errorSort;
  const range = oneOf(Object.keys(RANGES) as RangeName[], params.get('range'));
  return {
    tab: oneOf(TABS, params.get('tab')) ?? DEFAULT_VIEW.tab,
    q: params.get('q') ?? '',
    status: oneOf(STATUSES, params.get('status')),
    client: text('client'),
    tool: text('tool'),
    service: text('service'),
    errors: params.get('errors') === '1',
    range,
    from: range === undefined ? timeOf(params.get('from')) : undefined,
    to: range === undefined ? timeOf(params.get('to')) : undefined,
    sort,
    order: directionOf(params.get('order'), sort),
    open: unique(params.getAll('open')),
    event: text('event'),
    compare: unique(params.getAll('compare')).slice(0, 2),
    toolSort,
    toolOrder: directionOf(params.get('tool-order'), toolSort),
    toolOpen: unique(params.getAll('tool-open')),
    errorSort,
    errorOrder: directionOf(params.get('error-order'), errorSort),
    kind: oneOf(CALLED_KINDS, params.get('kind')) ?? DEFAULT_VIEW.kind,
    find: params.get('find') ?? '',
  };
}

/** The address of a view, from `/` on; what is as usual is left out. */
export function writeView(view: View): string {
  const params = new URLSearchParams();
  const set = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== '') params.set(name, value);
  };
  if (view.tab !== DEFAULT_VIEW.tab) set('tab', view.tab);
  set('q', view.q);
  set('status', view.status);
  set('client', view.client);
  set('tool', view.tool);
  set('service', view.service);
  if (view.errors) set('errors', '1');
  set('range', view.range);
  if (view.range === undefined) {
    set('from', view.from?.toString());
    set('to', view.to?.toString());
  }
  writeSort(set, ['sort', 'order'], DEFAULT_VIEW.sort, view.sort, view.order);
  writeSort(set, ['tool-sort', 'tool-order'], DEFAULT_VIEW.toolSort, view.toolSort, view.toolOrder);
  writeSort(set, ['error-sort', 'error-order'], DEFAULT_VIEW.errorSort, view.errorSort, view.errorOrder);
  if (view.kind !== DEFAULT_VIEW.kind) set('kind', view.kind);
  set('find', view.find);
  for (const id of view.open) params.append('open', id);
  if (view.open.length > 0) set('event', view.event);
  for (const id of view.compare) params.append('compare', id);
  for (const name of view.toolOpen) params.append('tool-open', name);
  const search = params.toString();
  return search === '' ? '/' : `/?${search}`;
}

/** What other tabs are about is no matter of the sessions'. */
export const OTHER_TABS = {
  toolSort: DEFAULT_VIEW.toolSort,
  toolOrder: DEFAULT_VIEW.toolOrder,
  toolOpen: [],
  kind: DEFAULT_VIEW.kind,
  find: '',
  errorSort: DEFAULT_VIEW.errorSort,
  errorOrder: DEFAULT_VIEW.errorOrder,
} satisfies Partial<View>;

/** What the sessions table asks for. */
export function queryOf(view: View, now: number): SessionQuery {
  return {
    ...rangeOf(view, now),
    ...(view.q.trim() === '' ? {} : { q: view.q.trim() }),
    ...(view.status === undefined ? {} : { status: view.status }),
    ...(view.client === undefined ? {} : { client: view.client }),
    ...(view.tool === undefined ? {} : { tool: view.tool }),
    ...(view.errors ? { errors: true } : {}),
    sort: view.sort,
    order: view.order,
  };
}

export interface AskedRange {
  readonly from?: number;
  readonly to?: number;
  readonly service?: string;
}

/** Time range and service, which all tabs share. */
export function rangeOf(view: View, now: number): AskedRange {
  const from = view.range === undefined ? view.from : now - RANGES[view.range];
  return {
    ...(from === undefined ? {} : { from }),
    ...(view.range !== undefined || view.to === undefined ? {} : { to: view.to }),
    ...(view.service === undefined ? {} : { service: view.service }),
  };
}

/** Whether anything restricts which sessions are shown. */
export function isFiltered(view: View): boolean {
  const { q, status, client, tool, errors } = view;
  return (
    q.trim() !== '' || [status, client, tool].some((each) => each !== undefined) || errors || hasRange(view)
  );
}

/** What restricts the sessions, but for time range and service, taken away; and nothing open. */
export const UNRESTRICTED = {
  q: '',
  status: undefined,
  client: undefined,
  tool: undefined,
  errors: false,
  open: [],
  event: undefined,
  compare: [],
} satisfies Partial<View>;

/** The view without what restricts it. */
export function withoutFilters(view: View): View {
  return { ...view, ...UNRESTRICTED, open: view.open, ...ANY_RANGE };
}

/** Time range and server taken away. */
export const ANY_RANGE = {
  range: undefined,
  from: undefined,
  to: undefined,
  service: undefined,
} satisfies Partial<View>;

/** Whether time range or server restrict what is shown. */
export function hasRange({ range, from, to, service }: View): boolean {
  return [range, from, to, service].some((each) => each !== undefined);
}

function writeSort(
  set: (name: string, value: string) => void,
  [sortName, orderName]: readonly [string, string],
  usual: string,
  sort: string,
  order: Direction,
): void {
  if (sort !== usual) set(sortName, sort);
  if (order !== nextDirection(sort, '', 'asc')) set(orderName, order);
}

function directionOf(text: string | null, sort: string): Direction {
  return oneOf(['asc', 'desc'] as const, text) ?? nextDirection(sort, '', 'asc');
}

function oneOf<T extends string>(values: readonly T[], text: string | null): T | undefined {
  return values.find((value) => value === text);
}

function timeOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '');
}
