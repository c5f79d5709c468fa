import type { IncomingMessage, ServerResponse } from 'node:http';
import { shown } from '../../sdk/config/validate.ts';
import { SESSION_STATUSES } from '../sessions/row.ts';
import { present } from '../store/present.ts';
import type { Range, SessionStore } from '../store/types.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import {
  API,
  type ApiRows,
  type ApiSessions,
  type ApiState,
  CALLED_KINDS,
  SESSION_SORTS,
  type SessionQuery,
} from './api.ts';
import { type Assets, isDocument, isPartOfPage, PAGE_FILES, type PagePath } from './assets.ts';
import type { Changes } from './changes.ts';
import type { Demo } from './demo.ts';
import { EXPORT_FORMATS, exportSession, noSuchSession } from './export.ts';
import {
  choiceOf,
  countOf,
  flagOf,
  numbersOf,
  type Parameters,
  requiredTextOf,
  textOf,
  timesOf,
} from './parameters.ts';
import { RequestError } from './request-error.ts';

/** What the routes are made of. */
export interface RouteParts {
  readonly store: SessionStore;
  readonly changes: Changes;
  readonly demo: Demo;
  readonly assets: Assets;
  /** What is not the store's to know. */
  readonly about: () => Pick<
    ApiState,
    'version' | 'dir' | 'otlpUrl' | 'otlpProblem' | 'otlpNeedsToken' | 'traceUrl'
  >;
  readonly now: () => number;
}

export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly parameters: Parameters;
}

/** `undefined`: it answers by itself. */
export type Handler = (call: Call) => Answer | undefined | Promise<Answer | undefined>;

export interface Route {
  /** Names of the parameters that it takes; absent: whatever, the page reads its own. */
  readonly takes?: readonly string[];
  readonly handle: Handler;
}

export type Method = 'GET' | 'POST' | 'DELETE';

/** By method. `HEAD` is answered wherever `GET` is. */
type Methods = ReadonlyMap<string, Route>;

export type Routes = (path: string) => Methods | undefined;

type Table = Readonly<Record<string, Readonly<Partial<Record<Method, Route>>>>>;

const FIRST_ROWS = 100;
const MAX_ROWS = 500;
const MAX_EVENTS = 1_000;
const MAX_LINES = 500;
const RANGE = ['from', 'to', 'service'];
const SESSION_QUERY = ['q', 'status', 'client', 'tool', 'service', 'from', 'to', 'errors', 'sort', 'order'];

export function createRoutes(parts: RouteParts): Routes {
  const { store } = parts;
  const table: Table = {
    ...pageRoutes(parts.assets),
    [API.state]: { GET: plain(() => stateOf(parts)) },
    [API.sessions]: { GET: json(SESSION_QUERY, (parameters) => sessionsOf(parts, parameters)) },
    [API.rows]: { GET: json(['epoch', 'n'], (parameters) => rowsOf(parts, parameters)) },
    [API.events]: {
      GET: json(['id', 'offset', 'limit', 'q', 'span'], (parameters) => eventsOf(store, parameters)),
    },
    [API.logs]: {
      GET: json(['id', 'trace', 'span', 'offset', 'limit'], (parameters) => logsOf(store, parameters)),
    },
    [API.trace]: { GET: json(['id', 'span', 'offset', 'limit'], (parameters) => traceOf(store, parameters)) },
    [API.span]: { GET: json(['trace', 'span'], (parameters) => spanOf(store, parameters)) },
    [API.exported]: {
      GET: { takes: ['id', 'as'], handle: ({ parameters }) => exportOf(parts, parameters) },
    },
    [API.tools]: { GET: json(RANGE, (parameters) => store.tools(rangeOf(parameters))) },
    [API.tool]: {
      GET: json(
        ['name', ...RANGE],
        (parameters) => store.toolClients([requiredTextOf(parameters, 'name')], rangeOf(parameters))[0],
      ),
    },
    [API.called]: {
      GET: json(['kind', ...RANGE], (parameters) =>
        store.called(kindOf(parameters, ['resource', 'prompt']), rangeOf(parameters)),
      ),
    },
    [API.callers]: {
      GET: json(['kind', 'name', ...RANGE], (parameters) =>
        store.callers(
          kindOf(parameters, CALLED_KINDS),
          requiredTextOf(parameters, 'name'),
          rangeOf(parameters),
        ),
      ),
    },
    [API.overview]: { GET: json(RANGE, (parameters) => store.overview(rangeOf(parameters))) },
    [API.errors]: { GET: json(RANGE, (parameters) => store.errorGroups(rangeOf(parameters))) },
    [API.changes]: { GET: { takes: [], handle: (call) => listen(parts.changes, call) } },
    [API.demo]: {
      POST: plain(async () => ({ hasDemo: await parts.demo.load().then(() => true) })),
      DELETE: plain(async () => ({ hasDemo: await parts.demo.remove().then(() => false) })),
    },
  };
  const byPath = new Map(Object.entries(table).map(([path, methods]) => [path, methodsOf(methods)]));
  const partsOfPage = methodsOf({
    GET: { handle: ({ path, request }) => parts.assets.partOfPage(path, request.headers['if-none-match']) },
  });
  const documents = methodsOf({
    GET: { handle: ({ path, request }) => parts.assets.document(path, request.headers['if-none-match']) },
  });
  return (path) =>
    byPath.get(path) ?? (isPartOfPage(path) ? partsOfPage : isDocument(path) ? documents : undefined);
}

function methodsOf(routes: Readonly<Partial<Record<Method, Route>>>): Methods {
  return new Map(Object.entries(routes));
}

function pageRoutes(assets: Assets): Table {
  const paths = Object.keys(PAGE_FILES) as PagePath[];
  return Object.fromEntries(
    paths.map((path) => {
      const handle: Handler = ({ request }) => assets.answer(path, request.headers['if-none-match']);
      return [path, { GET: { handle } }];
    }),
  );
}

function stateOf({ store, demo, about, now }: RouteParts): ApiState {
  return { ...about(), ...store.state(), now: now(), hasDemo: demo.isLoaded() };
}

async function sessionsOf({ store, now }: RouteParts, parameters: Parameters): Promise<ApiSessions> {
  const order = await store.find(sessionQueryOf(parameters));
  const { epoch, sessions: total } = store.state();
  return { epoch, now: now(), total, order, rows: store.rows(order.slice(0, FIRST_ROWS)) };
}

function rowsOf({ store, now }: RouteParts, parameters: Parameters): ApiRows {
  const asked = requiredTextOf(parameters, 'epoch');
  const numbers = numbersOf(parameters, 'n', MAX_ROWS);
  const { epoch } = store.state();
  if (asked !== epoch) throw new RequestError(409, 'the sessions were read anew: ask for the list again');
  return { epoch, now: now(), rows: store.rows(numbers) };
}

async function eventsOf(store: SessionStore, parameters: Parameters): Promise<unknown> {
  const id = requiredTextOf(parameters, 'id');
  const offset = countOf(parameters, 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER, absent: 0 });
  const limit = countOf(parameters, 'limit', { min: 1, max: MAX_EVENTS, absent: 200 });
  const search = present({ q: textOf(parameters, 'q'), span: textOf(parameters, 'span') });
  const ask = (known: string) => store.events(known, { offset, limit }, search);
  return (await ask(id)) ?? (await ask(idMeant(store, id))) ?? noSuchSession(id);
}

/** What people copy of an id, as the command takes it: how it begins, or a part of it that only one has. */
function idMeant(store: SessionStore, typed: string): string {
  const [id, ...others] = store.resolveId(typed);
  if (others.length === 0) return id ?? noSuchSession(typed);
  const count = others.length + 1;
  throw new RequestError(409, `${shown(typed)} could be any of ${count} sessions; give more of the id`);
}

async function logsOf(store: SessionStore, parameters: Parameters): Promise<unknown> {
  const id = requiredTextOf(parameters, 'id');
  const event = { traceId: requiredTextOf(parameters, 'trace'), spanId: requiredTextOf(parameters, 'span') };
  const offset = countOf(parameters, 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER, absent: 0 });
  const limit = countOf(parameters, 'limit', { min: 1, max: MAX_LINES, absent: 100 });
  return (await store.logs(id, [event], { offset, limit }))?.[0] ?? noSuchSession(id);
}

async function traceOf(store: SessionStore, parameters: Parameters): Promise<unknown> {
  const span = { traceId: requiredTextOf(parameters, 'id'), spanId: requiredTextOf(parameters, 'span') };
  const offset = countOf(parameters, 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER, absent: 0 });
  const limit = countOf(parameters, 'limit', { min: 1, max: MAX_EVENTS, absent: MAX_EVENTS });
  return (await store.trace(span, { offset, limit })) ?? notRecorded('trace', span.traceId);
}

async function spanOf(store: SessionStore, parameters: Parameters): Promise<unknown> {
  const span = { traceId: requiredTextOf(parameters, 'trace'), spanId: requiredTextOf(parameters, 'span') };
  return (await store.span(span)) ?? notRecorded('span', span.spanId);
}

function notRecorded(what: string, id: string): never {
  throw new RequestError(404, `there is no ${what} ${shown(id)}; what recorded it may have been removed`);
}

function exportOf({ store, about, now }: RouteParts, parameters: Parameters): Promise<Answer> {
  const id = requiredTextOf(parameters, 'id');
  const format = choiceOf(parameters, 'as', EXPORT_FORMATS);
  if (format === undefined)
    throw new RequestError(400, `as is missing; it takes ${EXPORT_FORMATS.join(', ')}`);
  return exportSession(store, id, format, { version: about().version, now: now() });
}

function listen(changes: Changes, { request, response }: Call): undefined {
  changes.listen(request, response);
  return undefined;
}

function sessionQueryOf(parameters: Parameters): SessionQuery {
  return present({
    q: textOf(parameters, 'q'),
    status: choiceOf(parameters, 'status', SESSION_STATUSES),
    client: textOf(parameters, 'client'),
    tool: textOf(parameters, 'tool'),
    service: textOf(parameters, 'service'),
    ...timesOf(parameters),
    errors: flagOf(parameters, 'errors'),
    sort: choiceOf(parameters, 'sort', SESSION_SORTS),
    order: choiceOf(parameters, 'order', ['asc', 'desc']),
  });
}

/** @throws {@link RequestError} where it is none of these */
function kindOf<T extends string>(parameters: Parameters, kinds: readonly T[]): T {
  const kind = choiceOf(parameters, 'kind', kinds);
  if (kind === undefined) throw new RequestError(400, `kind is missing; it takes ${kinds.join(', ')}`);
  return kind;
}

function rangeOf(parameters: Parameters): Range {
  return { ...timesOf(parameters), service: textOf(parameters, 'service') };
}

function json(takes: readonly string[], ask: (parameters: Parameters) => unknown): Route {
  return { takes, handle: async ({ parameters }) => jsonAnswer(await ask(parameters)) };
}

function plain(ask: () => unknown): Route {
  return json([], ask);
}
