import type { Row } from '../rows.ts';

export interface ViewRow extends Row {
  readonly id: string;
}

/** One session as a view shows it. */
export interface Shown {
  /** Of the row. */
  readonly id: string;
  /** Requests among its events. */
  readonly requests: number;
  /** What the calls among its events say of their conversation, each once; undefined where it shows no arguments. */
  readonly labels: readonly string[] | undefined;
}

/** A way to look at what was recorded. */
export interface View {
  readonly name: string;
  /** At most so many sessions are opened, where each takes long. */
  readonly opens?: number;
  rows(): Promise<ViewRow[]>;
  /** @param id - any id that the session has */
  session(id: string): Promise<Shown>;
}

/** The fields that JSON of a session has everywhere. */
export function rowOfJson(json: any): ViewRow {
  return {
    id: json.id,
    service: json.service ?? '',
    source: json.source ?? '',
    client: json.clientName ?? '',
    version: json.clientVersion ?? '',
    calls: json.calls,
    errors: json.errors,
    tools: [...json.tools].sort(),
    status: json.status,
  };
}

/** @param events - as JSON has them */
export function shownOf(id: string, events: readonly any[]): Shown {
  const requests = events.filter(({ kind }) => kind === 'request');
  return { id, requests: requests.length, labels: labelsOf(requests.map((event) => event.arguments)) };
}

/** @param captured - arguments as JSON text */
function labelsOf(captured: readonly unknown[]): string[] {
  const labels = captured.flatMap((text) =>
    typeof text === 'string' ? [String(JSON.parse(text).label)] : [],
  );
  return [...new Set(labels)];
}
