import type http from 'node:http';
import type { ExportResult } from '@opentelemetry/core';

/** How much there is in the bytes of an export: the exporter serializes and begins to send before `export` returns. */
export function countExports<T>(
  exporter: Exporting<T>,
  countOf: (items: T) => number,
): (data: Uint8Array) => number | undefined {
  const counts = new WeakMap<Uint8Array, number>();
  let exporting: number | undefined;
  const exportItems = exporter.export.bind(exporter);
  exporter.export = (items, done) => {
    exporting = countOf(items);
    try {
      exportItems(items, done);
    } finally {
      exporting = undefined;
    }
  };
  return (data) => {
    if (exporting !== undefined) counts.set(data, exporting);
    return counts.get(data);
  };
}

/** Sends, and knows the status of the answer: what the transport sends with is asked for as a sending begins. */
export function watchStatus(inner: InnerTransport): (send: () => Promise<Sent>) => {
  sent: Promise<Sent>;
  status: () => number | undefined;
} {
  let begun: { status: number | undefined } | undefined;
  const load = inner._loadUtils?.bind(inner);
  if (load !== undefined) {
    inner._loadUtils = async () => {
      const attempt = begun;
      const { request, ...others } = await load();
      const watched: RequestFunction = (url, options, onAnswer) =>
        request(url, options, (answer) => {
          if (attempt !== undefined) attempt.status = answer.statusCode;
          onAnswer(answer);
        });
      return { ...others, request: watched };
    };
  }
  return (send) => {
    const attempt = { status: undefined as number | undefined };
    begun = attempt;
    const sent = send();
    begun = undefined;
    return { sent, status: () => attempt.status };
  };
}

/** An exporter. */
export interface Exporting<T> {
  export(items: T, done: (result: ExportResult) => void): void;
}

/** What sends, within the exporter. */
export interface InnerTransport {
  send(data: Uint8Array, timeoutMillis: number): Promise<Sent>;
  _parameters?: { headers?: () => Promise<Record<string, string>> };
  _loadUtils?(): Promise<{ request: RequestFunction }>;
}

type RequestFunction = (
  url: URL,
  options: object,
  onAnswer: (answer: http.IncomingMessage) => void,
) => http.ClientRequest;

/** What became of a sending. */
export interface Sent {
  status: string;
  error?: unknown;
  /** When to come back, where the answer says so. */
  retryInMillis?: number | undefined;
  /** The body of an answer below 300. */
  data?: Uint8Array;
}
