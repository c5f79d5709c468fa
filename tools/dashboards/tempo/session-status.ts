import type { DataTransformerConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import { ATTR_MCP_CLIENT_SESSION_STATUS } from '../../../src/sdk/signals/semconv.ts';
import { LOST_AFTER_INTERVALS, UPDATE_INTERVAL } from '../session-status.ts';
import { calculate, reduceRow, round, toRank } from '../transformations.ts';

/** What the newest span of a session says, and when it said so, once its spans are grouped. */
export const NEWEST_STATUS = `${ATTR_MCP_CLIENT_SESSION_STATUS} (lastNotNull)`;
export const NEWEST_TIME = 'Start time (max)';

/**
 * Adds the column `Status` to rows of one session each.
 *
 * Ended counts 0 and active 1; that is doubled where the newest span is older, at the end of the dashboard's range,
 * than the time after which a session counts as lost.
 */
export function statusColumn(): DataTransformerConfig[] {
  return [
    toRank(NEWEST_STATUS, ['ended', 'active']),
    calculate('Lost after ms', { number: `\${${UPDATE_INTERVAL}}` }, '*', {
      number: LOST_AFTER_INTERVALS * 1000,
    }),
    calculate('Silent ms', { number: '${__to}' }, '-', { field: NEWEST_TIME }),
    calculate('Silent share', { field: 'Silent ms' }, '/', { field: 'Lost after ms' }),
    round('Silent times', 'floor', 'Silent share'),
    calculate('One', { number: 1 }, '*', { number: 1 }),
    reduceRow('At most one', 'min', ['Silent times', 'One']),
    calculate('Zero', { number: 0 }, '*', { number: 1 }),
    reduceRow('Is silent', 'max', ['At most one', 'Zero']),
    calculate('Factor', { field: 'Is silent' }, '+', { number: 1 }),
    calculate('Status', { field: NEWEST_STATUS }, '*', { field: 'Factor' }),
  ];
}
