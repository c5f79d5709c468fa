import { visible } from '../../explorer/text/visible.ts';
import { hiderOf } from '../../sdk/config/shown.ts';
import { explainNoAnswer, USE_HTTPS, wantsTls } from '../../sdk/diagnostics/failures.ts';
import { type HttpAnswer, NoAnswerError, sendRequest } from '../http/request.ts';
import { CliError } from '../io.ts';

/** What Grafana answered. */
export interface GrafanaAnswer {
  readonly status: number;
  /** `undefined` where the answer is no JSON. */
  readonly json: unknown;
  /** Grafana's own words for a failure. */
  readonly message: string | undefined;
}

export interface GrafanaAccess {
  /** Where its start page opens, without user and password. */
  readonly url: URL;
  /** Of the header `authorization`; `undefined`: nobody. */
  readonly authorization: string | undefined;
  readonly timeoutMs: number;
}

/** Speaks Grafana's HTTP API. */
export class GrafanaClient {
  readonly #access: GrafanaAccess;

  constructor(access: GrafanaAccess) {
    this.#access = access;
  }

  /** The address of a page, from a path that Grafana gave or that is below its own. */
  pageUrl(path: string): string {
    const { origin, pathname } = this.#access.url;
    const prefix = pathname.replace(/\/+$/, '');
    // Grafana puts its own sub-path in front, where it knows of it.
    return `${origin}${prefix !== '' && path.startsWith(`${prefix}/`) ? '' : prefix}${path}`;
  }

  /**
   * Makes sure that there is a Grafana.
   *
   * @throws {@link CliError} that says what is there instead
   */
  async checkHealth(): Promise<string | undefined> {
    const answer = await this.#send('GET', '/api/health');
    const shown = this.pageUrl('');
    const { status, headers } = answer;
    if (status >= 300 && status < 400) throw sentOn(shown, headers.location ?? '');
    const database = fieldOf(jsonOf(answer.body), 'database');
    if (typeof database !== 'string') {
      if (status >= 500 && !wantsTls(status, answer.body, this.#access.url)) {
        const who = 'Grafana fails, or a proxy in front of it';
        throw new CliError(`${who}: ${shown}/api/health answered with HTTP ${status}`, 1);
      }
      const what = /^\s*</.test(answer.body) ? 'a web page' : 'something else';
      const advice = wantsTls(status, answer.body, this.#access.url) ? USE_HTTPS : ADDRESS;
      throw new CliError(
        `${shown} is not Grafana's address: /api/health answered with ${what} (HTTP ${status})\n${advice}`,
        1,
      );
    }
    if (database !== 'ok' || status !== 200) {
      throw new CliError(`Grafana at ${shown} is not healthy: its database is ${visible(database)}`, 1);
    }
    const version = fieldOf(jsonOf(answer.body), 'version');
    return typeof version === 'string' ? version : undefined;
  }

  get(path: string): Promise<GrafanaAnswer> {
    return this.#call('GET', path);
  }

  post(path: string, body: unknown): Promise<GrafanaAnswer> {
    return this.#call('POST', path, JSON.stringify(body));
  }

  /** Whether anybody is named in the requests. */
  get isAnonymous(): boolean {
    return this.#access.authorization === undefined;
  }

  async #call(method: 'GET' | 'POST', path: string, body?: string): Promise<GrafanaAnswer> {
    const answer = await this.#send(method, path, body);
    const json = jsonOf(answer.body);
    const message = fieldOf(json, 'message');
    return {
      status: answer.status,
      json,
      message: typeof message === 'string' && message !== '' ? this.#shown(message) : undefined,
    };
  }

  /** Words of Grafana, or of a proxy in front of it, which may repeat what was sent. */
  #shown(text: string): string {
    const { authorization } = this.#access;
    const hide = hiderOf(authorization === undefined ? [] : [authorization]);
    return visible(hide(text).slice(0, 500));
  }

  async #send(method: 'GET' | 'POST', path: string, body?: string): Promise<HttpAnswer> {
    const { authorization, timeoutMs } = this.#access;
    const url = new URL(this.pageUrl(path));
    const headers = {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(authorization !== undefined && { authorization }),
    };
    try {
      return await sendRequest({ url, method, headers, body, timeoutMs });
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      const { what, fix } = explainNoAnswer(error, url);
      throw new CliError(`cannot reach Grafana: ${what}${fix === undefined ? '' : `\n${fix}`}`, 1);
    }
  }
}

/** An answer that was not hoped for, as an error that says what to do. */
export function unexpected(doing: string, answer: GrafanaAnswer, client: GrafanaClient): CliError {
  const { status, message } = answer;
  const said = message === undefined ? '' : `: ${message}`;
  if (status === 401) {
    const who = client.isAnonymous
      ? 'Grafana asks for credentials'
      : 'Grafana does not accept these credentials';
    return new CliError(`${who} (HTTP 401${said})\n${CREDENTIALS}`, 1);
  }
  if (status === 403) return new CliError(`not allowed to ${doing} (HTTP 403${said})\n${PERMISSIONS}`, 1);
  if (/provisioned/i.test(message ?? '')) {
    return new CliError(
      `cannot ${doing} (HTTP ${status}${said})\nIt comes from Grafana's provisioning files: change it there, or take it out of them`,
      1,
    );
  }
  return new CliError(`cannot ${doing} (HTTP ${status}${said})`, 1);
}

/** A field of a JSON object; `undefined` where there is none. */
export function fieldOf(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined;
}

const ADDRESS =
  'Give the address at which its start page opens, with the sub-path if it has one: http://localhost:3000, https://example.com/grafana';

const CREDENTIALS =
  'Give the token of a service account in GRAFANA_TOKEN (Administration, Users and access, Service accounts), or NAME:PASSWORD in GRAFANA_USER';

const PERMISSIONS =
  'This needs the role Editor at least; to list data sources, the role Admin or the permission datasources:read; to make a folder, folders:create';

function sentOn(shown: string, location: string): CliError {
  const target = URL.canParse(location, `${shown}/`) ? new URL(location, `${shown}/`) : undefined;
  const base = target?.pathname.endsWith('/api/health')
    ? `${target.origin}${target.pathname.slice(0, -'/api/health'.length)}`
    : undefined;
  const advice =
    base === undefined
      ? `A login page or a proxy may stand before Grafana. ${ADDRESS}`
      : `Its address seems to be ${visible(base)}: give that as --url`;
  return new CliError(`${shown} redirects to ${visible(location)}\n${advice}`, 1);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
