import type { SessionEvent } from '../../explorer/sessions/events.ts';
import { eventJson, sessionJson } from '../../explorer/sessions/json.ts';
import type { SessionRow } from '../../explorer/sessions/row.ts';
import { visibleJson } from '../../explorer/text/visible.ts';

/** The rows for machines. */
export function listJson(rows: readonly SessionRow[]): string {
  return print(rows.map(sessionJson));
}

export function detailJson(row: SessionRow, events: readonly SessionEvent[]): string {
  return print({ session: sessionJson(row), events: events.map(eventJson) });
}

function print(value: unknown): string {
  return `${visibleJson(JSON.stringify(value, null, 2))}\n`;
}
