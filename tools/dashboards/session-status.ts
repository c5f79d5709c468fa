import type { TextBoxVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DEFAULTS } from '../../src/sdk/config/defaults.ts';
import type { NamedValue } from './tables.ts';
import { textVariable } from './variables.ts';

/** A session is lost when nothing was heard of it for this many update intervals and it did not end. */
export const LOST_AFTER_INTERVALS = 10;

/** The variable that holds the servers' update interval, in seconds. */
export const UPDATE_INTERVAL = 'update_interval';

/** What the column of that name holds; Grafana's transformations calculate with numbers only. */
export const STATUS = { ended: 0, active: 1, lost: 2 } as const;

export const STATUS_VALUES: readonly NamedValue[] = [
  { value: STATUS.active, text: 'active', color: 'green' },
  { value: STATUS.ended, text: 'ended', color: 'gray' },
  { value: STATUS.lost, text: 'lost', color: 'orange' },
];

export function updateIntervalVariable(): TextBoxVariableBuilder {
  return textVariable(
    UPDATE_INTERVAL,
    'Update interval (s)',
    'sessionUpdateIntervalMs of the servers, in seconds. A session that is silent for ten of them counts as lost.',
    String(DEFAULTS.sessionUpdateIntervalMs / 1000),
  );
}
