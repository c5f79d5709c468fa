import type {
  DataTransformerConfig,
  TextBoxVariableBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DEFAULTS } from '../../src/sdk/config/defaults.ts';
import { ATTR_MCP_CLIENT_SESSION_STATUS } from '../../src/sdk/signals/semconv.ts';
import type { NamedValue } from './tables.ts';
import { calculate, reduceRow, round, toRank } from './transformations.ts';
import { textVariable } from './variables.ts';

/** A session is lost when nothing was heard of it for this many update intervals and it did not end. */
const LOST_AFTER_INTERVALS = 10;

/** The variable that holds the servers' update interval, in seconds. */
export const UPDATE_INTERVAL = 'update_interval';

/** What the column of that name holds; Grafana's transformations calculate with numbers only. */
export const STATUS = { ended: 0, active: 1, lost: 2 } as const;

export const STATUS_VALUES: readonly NamedValue[] = [
  { value: STATUS.active, text: 'active', color: 'green' },
  { value: STATUS.ended, text: 'ended', color: 'gray' },
  { value: STATUS.lost, text: 'lost', color: 'orange' },
];

/** What the newest span of a session says, and when it said so, once its spans are grouped. */
export const NEWEST_STATUS = `${ATTR_MCP_CLIENT_SESSION_STATUS} (lastNotNull)`;
export const NEWEST_TIME = 'Start time (max)';

export function updateIntervalVariable(): TextBoxVariableBuilder {
  return textVariable(
    UPDATE_INTERVAL,
    'Update interval (s)',
    'sessionUpdateIntervalMs of the servers, in seconds. A session that is silent for ten of them counts as lost.',
    String(DEFAULTS.sessionUpdateIntervalMs / 1000),
  );
}

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
