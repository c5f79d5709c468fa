import * as semconv from '../../../src/sdk/signals/semconv.ts';
import type { SessionSource } from '../../../src/sdk/types.ts';
import { attribute, hasAttribute, quoted } from './parts.ts';

/** The rule by which parts are one session (`joinParts` of `src/explorer/sessions/joining.ts`), in SQL. */

/** Of a part: what several processes that record one session have in common; empty where it is a session by itself. */
export const KEY = attribute(semconv.ATTR_MCP_CLIENT_SESSION_KEY);
export const HAS_KEY = hasAttribute(semconv.ATTR_MCP_CLIENT_SESSION_KEY);

/** What the rule needs to know of a part's newest span, besides its service and its source. */
export const JOINING_FACTS = {
  key: KEY,
  opened_by: attribute(semconv.ATTR_MCP_CLIENT_SESSION_OPENED_BY),
  idle: `toInt64OrZero(${attribute(semconv.ATTR_MCP_CLIENT_SESSION_IDLE_TIMEOUT_MS)})`,
} as const;

const PROTOCOL = 'protocol' satisfies SessionSource;
const INITIALIZE = 'initialize';

/** What a reader has to know of it. */
export const JOINED =
  'What several processes recorded of one session, each under an id of its own, is one row: parts with the same key, of one service, that overlap or follow within the idle timeout. Its id is that of the first part.';

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
