import type { ServerResponse } from 'node:http';
import type { Answer } from './execute.ts';
import type { Failure } from './failure.ts';

/** Sends what a query came to, with the headers that ClickHouse sends. */
export function sendAnswer(response: ServerResponse, { bytes, format, summary }: Answer): void {
  response
    .writeHead(200, {
      'content-type': contentTypeOf(format),
      'content-length': bytes.length,
      'x-clickhouse-format': format,
      'x-clickhouse-summary': JSON.stringify(summary),
    })
    .end(bytes);
}

/** Sends why there is no answer. Where trying again later may help, the status is 503. */
export function sendFailure(response: ServerResponse, { status, code, message }: Failure): void {
  if (status === 503) response.setHeader('retry-after', '1');
  response.setHeader('x-clickhouse-exception-code', String(code));
  sendText(response, status, message);
}

/** Sends a line of text. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(`${text}\n`);
  response
    .writeHead(status, { 'content-type': 'text/plain; charset=UTF-8', 'content-length': body.length })
    .end(body);
}

function contentTypeOf(format: string): string {
  if (/^(TabSeparated|TSV)/i.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  if (/^CSV/i.test(format)) return 'text/csv; charset=UTF-8';
  if (/^JSON\w*EachRow/i.test(format)) return 'application/x-ndjson; charset=UTF-8';
  if (/^JSON/i.test(format)) return 'application/json; charset=UTF-8';
  if (/^(Pretty|Vertical|Values|Markdown|XML|SQLInsert)/i.test(format)) return 'text/plain; charset=UTF-8';
  return 'application/octet-stream';
}
