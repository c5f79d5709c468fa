import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { idsWithKeyOf } from './joining.ts';
import { attribute, SESSION_SPANS, text } from './parts.ts';
import { placedParts, sessionRows } from './sessions.ts';

/** The session whose id, or the id of one of whose parts, is in the text box of that name. */

const SESSION = attribute(semconv.ATTR_MCP_CLIENT_SESSION_ID);
const GIVEN = text('session');

/** Without an id, the spans of everything else would have the same: none. */
export const IS_NAMED = `${GIVEN} != ''`;

/** Of a row of `sessions`. */
export const HAS_ID = `has(ids, ${GIVEN})`;

/** Spans of the session, of its parts, and of others with its key: before, after, and of other services. */
const OF_KEY = isOneOf(idsWithKeyOf(GIVEN, SESSION_SPANS));

/** The beginning of a query that asks for {@link IS_OF_SESSION}. */
export const PARTS_OF_KEY = `WITH\n${placedParts([IS_NAMED, OF_KEY])}`;

/** A span is of one of the session's parts. */
export const IS_OF_SESSION = isOneOf(`SELECT arrayJoin(ids)
      FROM (SELECT groupArray(session) AS ids FROM placed GROUP BY scope, number HAVING ${HAS_ID})`);

/** The beginning of a query: `sessions` has the row of the session, and perhaps those of others with its key. */
export const ROWS_OF_KEY = sessionRows([IS_NAMED, OF_KEY]);

/** The given id, or one of these. */
function isOneOf(ids: string): string {
  return `${SESSION} IN (
      SELECT ${GIVEN}
      UNION ALL
      ${ids}
    )`;
}
