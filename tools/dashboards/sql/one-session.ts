import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { HAS_KEY, KEY } from './joining.ts';
import { all, attribute, SPANS, text } from './parts.ts';
import { placedParts, SESSION_SPANS, sessionRows } from './sessions.ts';

/** The session whose id, or the id of one of whose parts, is in the text box of that name. */

const SESSION = attribute(semconv.ATTR_MCP_CLIENT_SESSION_ID);
const GIVEN = text('session');

/** Without an id, the spans of everything else would have the same: none. */
export const IS_NAMED = `${GIVEN} != ''`;

/** Of a row of `sessions`. */
export const HAS_ID = `has(ids, ${GIVEN})`;

/** Session spans that have the key of the given id: of its session, and of others before and after it. */
const OF_KEY: readonly string[] = [
  HAS_KEY,
  `${KEY} IN (
      SELECT ${KEY}
      FROM ${SPANS}
      WHERE ${all([...SESSION_SPANS, HAS_KEY, `${KEY} != ''`, `${SESSION} = ${GIVEN}`], '        ')}
    )`,
];

/** The beginning of a query that asks for {@link IS_OF_SESSION}. */
export const PARTS_OF_KEY = `WITH\n${placedParts(OF_KEY)}`;

/** A span is of one of the session's parts. */
export const IS_OF_SESSION = isOneOf(`SELECT arrayJoin(ids)
      FROM (SELECT groupArray(session) AS ids FROM placed GROUP BY scope, number HAVING ${HAS_ID})`);

/** The beginning of a query: `sessions` has the row of the session, and those of others with its key. */
export function rowsOfSession(): string {
  const ofKey = isOneOf(`SELECT ${SESSION}
      FROM ${SPANS}
      WHERE ${all([...SESSION_SPANS, ...OF_KEY], '        ')}`);
  return sessionRows([IS_NAMED, ofKey]);
}

/** The given id, or one of these. */
function isOneOf(ids: string): string {
  return `${SESSION} IN (
      SELECT ${GIVEN}
      UNION ALL
      ${ids}
    )`;
}
