import type { EventLogs } from '../../explorer/sessions/collect-logs.ts';
import { eventJson, logJson, sessionJson } from '../../explorer/sessions/json.ts';
import type { SessionRow } from '../../explorer/sessions/row.ts';
import type { SessionEvent } from '../../explorer/sessions/session-event.ts';
import { visibleJson } from '../../explorer/text/visible.ts';

/** The rows for machines. */
export function listJson(rows: readonly SessionRow[]): string {
  return print(rows.map(sessionJson));
}

/** One of them in a line. */
export function jsonLine(row: SessionRow): string {
  return `${visibleJson(JSON.stringify(sessionJson(row)))}\n`;
}

export function detailJson(
  row: SessionRow,
  events: readonly SessionEvent[],
  logs: ReadonlyMap<number, EventLogs>,
): string {
  const withLogs = events.map((event, place) => ({ ...eventJson(event), ...logsJson(logs.get(place)) }));
  return print({ session: sessionJson(row), events: withLogs });
}

function logsJson(logs: EventLogs | undefined) {
  return logs === undefined ? {} : { logs: { total: logs.total, lines: logs.lines.map(logJson) } };
}

function print(value: unknown): string {
  return `${visibleJson(JSON.stringify(value, null, 2))}\n`;
}
