/** The sources of the dashboards; each form has two of them. */
export type Source = 'clickhouse' | 'tempo' | 'prometheus';

/** Answers HTTP requests of the dashboards. */
export interface Backends {
  /** The JSON of an answer; throws, with the body, for a status that is no success. */
  get(source: Source, path: string, params: Record<string, string>): Promise<any>;
}

/** Responses by request: what {@link recorded} answers from. */
export type Responses = Record<string, unknown>;

const TIMEOUT_MS = 20_000;

/** The real ones. A source without an address throws. */
export function live(urls: Partial<Record<Source, string>>): Backends {
  return {
    async get(source, path, params) {
      const base = urls[source];
      if (base === undefined) throw new Error(`there is no ${source} here`);
      const { url, init } = requestOf(source, `${base}${path}`, params);
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
      const body = await response.text();
      if (!response.ok) throw new Error(`${source} answered ${response.status} to ${path}: ${body.trim()}`);
      return JSON.parse(body);
    },
  };
}

/** ClickHouse takes the query as the body, which has no limit of length. */
function requestOf(
  source: Source,
  url: string,
  params: Record<string, string>,
): { url: string; init: RequestInit } {
  if (source !== 'clickhouse') {
    return {
      url: `${url}?${new URLSearchParams(params)}`,
      init: { headers: { accept: 'application/json' } },
    };
  }
  const { query, ...settings } = params;
  return { url: `${url}?${new URLSearchParams(settings)}`, init: { method: 'POST', body: query ?? '' } };
}

/** Keeps what another answers. */
export function recording(backends: Backends, into: Responses): Backends {
  return {
    async get(source, path, params) {
      const response = await backends.get(source, path, params);
      into[keyOf(source, path, params)] = structuredClone(response);
      return response;
    },
  };
}

/** Answers what was recorded, and throws for a request that was not. */
export function recorded(responses: Responses): Backends {
  return {
    async get(source, path, params) {
      const key = keyOf(source, path, params);
      if (!Object.hasOwn(responses, key)) {
        throw new Error(
          `no response to this request is recorded; record anew by npm run test:stack -- --record\n${key}`,
        );
      }
      return structuredClone(responses[key]);
    },
  };
}

function keyOf(source: Source, path: string, params: Record<string, string>): string {
  const sorted = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${source} ${path}${sorted.map(([name, value]) => `\n  ${name}: ${value}`).join('')}`;
}
