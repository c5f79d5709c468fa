import * as semconv from '../../../src/sdk/signals/semconv.ts';
import type { SessionSource } from '../../../src/sdk/types.ts';
import type { Form } from '../form.ts';
import { all, attribute, hasAttribute, quoted, SPANS } from './parts.ts';

/** The rule by which parts are one session (`joinParts` of `src/explorer/sessions/joining.ts`), in SQL. */

const KEY = attribute(semconv.ATTR_MCP_CLIENT_SESSION_KEY);
const SESSION = attribute(semconv.ATTR_MCP_CLIENT_SESSION_ID);

/** What the rule needs to know of a part, besides its service and its source; without a key it is a session by itself. */
export const JOINING_FACTS = {
  key: KEY,
  opened_by: attribute(semconv.ATTR_MCP_CLIENT_SESSION_OPENED_BY),
  idle: `toInt64OrZero(${attribute(semconv.ATTR_MCP_CLIENT_SESSION_IDLE_TIMEOUT_MS)})`,
} as const;

const PROTOCOL = 'protocol' satisfies SessionSource;
const INITIALIZE = 'initialize';

/** What a reader has to know of it. */
export const JOINED: Readonly<Record<Form, string>> = {
  clickhouse:
    'What several processes recorded of one session, each under an id of its own, is one row: parts of one service and key that overlap or follow within the idle timeout. Its id is that of the first part; the ids of the others lead to it too.',
  tempo:
    'What several processes recorded of one session, each under an id of its own, are several rows here: a search cannot join them.',
};

/**
 * Gives each of the `parts` the number of its session among those of its `scope`: a service and a key, or the one part
 * that has none. Needs of a part: session, part_service, part_source, started, ended and {@link JOINING_FACTS}.
 *
 * A part is another session than those before it, in the order of their starts, if it begins when the last of them has
 * been idle for too long, or if it is not the first that a client initialized: then the id was used anew.
 */
export const PLACED = `scoped AS (
  SELECT
    *,
    (if(key = '', '', part_service), key, if(key = '', session, '')) AS scope,
    part_source = ${quoted(PROTOCOL)} AND opened_by = ${quoted(INITIALIZE)} AS is_initialized
  FROM parts
),
compared AS (
  SELECT
    *,
    max(ended) OVER before AS ended_before,
    max(is_initialized) OVER before AS initialized_before
  FROM scoped
  WINDOW before AS (PARTITION BY scope ORDER BY started, session ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
placed AS (
  SELECT
    *,
    sum(started > ended_before + idle OR (is_initialized AND initialized_before)) OVER (
      PARTITION BY scope ORDER BY started, session ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS number
  FROM compared
)`;

/**
 * The ids of sessions that had a key at some time, of these session spans. The newest span decides whether they still do;
 * what has no key costs nothing, for an index tells where there is none.
 */
export function idsWithKey(conditions: readonly string[]): string {
  return `SELECT ${SESSION}
      FROM ${SPANS}
      WHERE ${all([...conditions, hasAttribute(semconv.ATTR_MCP_CLIENT_SESSION_KEY)], '        ')}`;
}

/** The same, of those with the key of a session. */
export function idsWithKeyOf(id: string, conditions: readonly string[]): string {
  const keys = `SELECT ${KEY}
        FROM ${SPANS}
        WHERE ${all([...conditions, hasAttribute(semconv.ATTR_MCP_CLIENT_SESSION_KEY), `${SESSION} = ${id}`], '          ')}`;
  return idsWithKey([...conditions, `${KEY} IN (\n        ${keys}\n      )`]);
}
