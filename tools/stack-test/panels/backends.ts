/** The two sources of the dashboards. */
export type Source = 'tempo' | 'prometheus';

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
      const url = `${base}${path}?${new URLSearchParams(params)}`;
      const response = await fetch(url, {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const body = await response.text();
      if (!response.ok) throw new Error(`${source} answered ${response.status} to ${path}: ${body.trim()}`);
      return JSON.parse(body);
    },
  };
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
