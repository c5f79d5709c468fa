import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { UIDS } from '../../../tools/dashboards/links.ts';
import type { Look } from './panels.ts';
import { type Report, type SpanParts, type SpanRow, sessionSpan, span, type Visit } from './spans.ts';

/** What was told wrongly once: spans that show it, and what panels say of them. */
export interface Fault {
  readonly name: string;
  /** Of moments after `at`. */
  spans(at: number): readonly SpanRow[];
  readonly panels: readonly Expected[];
}

export interface Expected {
  readonly uid: string;
  readonly title: string;
  readonly chosen: NonNullable<Look['chosen']>;
  /** The columns to look at, and what they hold, row by row. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

type Attributes = SpanParts['attributes'];

/** A session of a server that has its name: panels are told which to show by it. */
export function visitOf(session: string, more: Partial<Visit> = {}): Visit {
  return { session, service: session, client: 'desk', tool: 'pay', instance: 'a', ...more };
}

/** A request or a notification, from a server that records no ids of requests. */
export function message(
  visit: Visit,
  method: string,
  at: number,
  parts: Partial<SpanParts> & { readonly errorType?: string } = {},
): SpanRow {
  const { errorType, attributes } = parts;
  const failed = errorType !== undefined && errorType !== semconv.ERROR_TYPE_CANCELLED;
  return span(visit, {
    name: method,
    at,
    ...(failed && { status: 'Error' }),
    ...parts,
    attributes: {
      [semconv.ATTR_MCP_METHOD_NAME]: method,
      ...(errorType !== undefined && { [semconv.ATTR_ERROR_TYPE]: errorType }),
      ...attributes,
    },
  });
}

/** A call of the visit's tool, and the type of its error if it had one. */
export function call(visit: Visit, at: number, errorType?: string, attributes: Attributes = {}): SpanRow {
  return message(visit, 'tools/call', at, {
    ...(errorType !== undefined && { errorType }),
    attributes: { [semconv.ATTR_GEN_AI_TOOL_NAME]: visit.tool, ...attributes },
  });
}

/** What a process reports of a session that began there at `started`. */
export function reported(
  visit: Visit,
  [started, at]: readonly [number, number],
  [calls, errors]: readonly [number, number],
  event: Report['event'] = 'update',
): SpanRow {
  return sessionSpan(visit, visit.instance, { at, started, event, seq: 1, calls, errors });
}

/** What a panel shows of one session, or of the server that has its name. */
export function shows(
  dashboard: keyof typeof UIDS,
  title: string,
  session: string,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): Expected {
  const chosen = dashboard === 'operations' ? { job: [session] } : { session };
  return { uid: UIDS[dashboard], title, chosen, columns, rows };
}
