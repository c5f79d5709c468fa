import type { IncomingHttpHeaders } from 'node:http';
import { failure } from './failure.ts';

/** What a request asks for, apart from its body. */
export interface Ask {
  /** What `query` says; the body goes on after it. */
  sql: string;
  database: string | undefined;
  /** The format of answers to queries that name none. */
  format: string;
  /** ClickHouse's settings, for this query alone. */
  settings: readonly (readonly [name: string, value: string])[];
  /** The values of `{name:Type}`; `null` is NULL. */
  params: Readonly<Record<string, string | null>>;
  /** ClickHouse lets GET change nothing. */
  isReadonly: boolean;
  /** How a driver wants its first answer to be written; 0 where it does not say. */
  clientRevision: number;
}

/** Understood in another place, of no use here, or of another server's kinds; the rest are settings. */
const NO_SETTINGS = new Set([
  ...['query', 'database', 'default_format', 'client_protocol_version'],
  // Nobody is asked who he is.
  ...['user', 'password', 'quota_key', 'role'],
  // Every answer is whole before it is sent, and every insert in its table.
  ...['async_insert', 'wait_for_async_insert', 'wait_end_of_query', 'buffer_size', 'compress', 'decompress'],
  ...['send_progress_in_http_headers', 'enable_http_compression', 'query_id'],
  // The server's own mark of a query; there is no log that would show another.
  'log_comment',
]);
const PARAMETER = 'param_';

/**
 * Reads what a request asks for.
 *
 * @throws `Failure` where that cannot be had here
 */
export function readAsk(method: string, url: URL, headers: IncomingHttpHeaders): Ask {
  const given = [...url.searchParams];
  const value = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
  refuseBlocks(value);
  const settings = given.filter(([name]) => !NO_SETTINGS.has(name) && !name.startsWith(PARAMETER));
  const strange = settings.find(([name]) => !/^\w+$/.test(name));
  if (strange !== undefined) throw failure('BAD_ARGUMENTS', `${JSON.stringify(strange[0])} is no setting`);
  return {
    sql: value('query') ?? '',
    database: nonEmpty(value('database')) ?? headerOf(headers, 'x-clickhouse-database'),
    format: nonEmpty(value('default_format')) ?? headerOf(headers, 'x-clickhouse-format') ?? 'TabSeparated',
    settings,
    params: Object.fromEntries(
      given
        .filter(([name]) => name.startsWith(PARAMETER))
        .map(([name, text]) => [name.slice(PARAMETER.length), unescaped(text)]),
    ),
    isReadonly: method !== 'POST',
    clientRevision: Number(value('client_protocol_version') ?? 0) || 0,
  };
}

/** Parameters travel as TSV has them, with backslashes. */
export function unescaped(text: string): string | null {
  if (text === '\\N') return null;
  return text.replace(/\\([\s\S])/g, (_, sign: string) => ESCAPES[sign] ?? sign);
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ t: '\t', n: '\n', r: '\r', b: '\b', f: '\f', '0': '\0' },
};

function refuseBlocks(value: (name: string) => string | undefined): void {
  if (value('compress') === '1' || value('decompress') === '1') {
    throw failure(
      'NOT_IMPLEMENTED',
      'blocks of lz4 or zstd are not read or written here: set compress to none or gzip',
    );
  }
  if (nonEmpty(value('session_id')) !== undefined) {
    throw failure('NOT_IMPLEMENTED', 'there are no sessions here: every request stands for itself');
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return nonEmpty(typeof value === 'string' ? value : value?.[0]);
}
