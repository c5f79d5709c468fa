import {
  API,
  type ApiCalledList,
  type ApiCallers,
  type ApiError,
  type ApiErrors,
  type ApiEventSearch,
  type ApiEvents,
  type ApiLogs,
  type ApiOverview,
  type ApiRows,
  type ApiSessions,
  type ApiSpan,
  type ApiSpanRef,
  type ApiState,
  type ApiToolClients,
  type ApiTools,
  type ApiTrace,
  type CalledKind,
  type SessionQuery,
} from '../../server/api.ts';
import type { AskedRange } from '../address.ts';

/** An answer that is no success. */
export class RequestFailure extends Error {
  /** HTTP status; 0: no answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const client = {
  state: () => get<ApiState>(API.state, {}),
  sessions: (query: SessionQuery) => get<ApiSessions>(API.sessions, { ...query }),
  rows: (epoch: string, numbers: readonly number[]) =>
    get<ApiRows>(API.rows, { epoch, n: numbers.join(',') }),
  events: (id: string, offset: number, limit: number, search: ApiEventSearch) =>
    get<ApiEvents>(API.events, { id, offset, limit, ...search }),
  logs: (id: string, { traceId, spanId }: ApiSpanRef, offset: number, limit: number) =>
    get<ApiLogs>(API.logs, { id, trace: traceId, span: spanId, offset, limit }),
  trace: ({ traceId, spanId }: ApiSpanRef, offset: number, limit: number) =>
    get<ApiTrace>(API.trace, { id: traceId, span: spanId, offset, limit }),
  span: ({ traceId, spanId }: ApiSpanRef) => get<ApiSpan>(API.span, { trace: traceId, span: spanId }),
  tools: (range: AskedRange) => get<ApiTools>(API.tools, { ...range }),
  tool: (name: string, range: AskedRange) => get<ApiToolClients>(API.tool, { name, ...range }),
  errors: (range: AskedRange) => get<ApiErrors>(API.errors, { ...range }),
  called: (kind: 'resource' | 'prompt', range: AskedRange) =>
    get<ApiCalledList>(API.called, { kind, ...range }),
  callers: (kind: CalledKind, name: string, range: AskedRange) =>
    get<ApiCallers>(API.callers, { kind, name, ...range }),
  overview: (range: AskedRange) => get<ApiOverview>(API.overview, { ...range }),
  loadDemo: () => send('POST', API.demo),
  removeDemo: () => send('DELETE', API.demo),
};

/** Where a session is downloaded from. */
export function exportAddress(id: string, as: 'otlp' | 'markdown'): string {
  return `${API.exported}?${new URLSearchParams({ id, as })}`;
}

/** What to tell people about a failed request. */
export function failureText(failure: unknown): string {
  if (failure instanceof RequestFailure) return failure.message;
  return failure instanceof Error ? failure.message : String(failure);
}

type Params = Readonly<Record<string, string | number | boolean>>;

async function get<T>(path: string, params: Params): Promise<T> {
  const pairs = Object.entries(params).map(([name, value]) => [name, value === true ? '1' : String(value)]);
  const search = new URLSearchParams(pairs).toString();
  const response = await answer(search === '' ? path : `${path}?${search}`, { cache: 'no-store' });
  return (await response.json()) as T;
}

async function send(method: 'POST' | 'DELETE', path: string): Promise<void> {
  await answer(path, { method, headers: { 'content-type': 'application/json' }, body: '{}' });
}

async function answer(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new RequestFailure(0, 'The server does not answer. Is `mcp-sessionscope ui` still running?');
  }
  if (response.ok) return response;
  throw new RequestFailure(response.status, await errorOf(response));
}

async function errorOf(response: Response): Promise<string> {
  try {
    return ((await response.json()) as ApiError).error;
  } catch {
    return `The server answered ${response.status}.`;
  }
}
