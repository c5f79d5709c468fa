import { Option } from 'commander';
import { LOST_AFTER_MS } from '../../explorer/sessions/row.ts';
import { parseDuration } from './option-values.ts';

/** The option of every command that shows sessions. */
export function lostAfterOption(): Option {
  return new Option('--lost-after <duration>', 'silence after which an open session counts as lost')
    .argParser(parseDuration)
    .default(LOST_AFTER_MS, '10m');
}
