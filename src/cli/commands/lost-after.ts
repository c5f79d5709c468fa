import { Option } from 'commander';
import { parseDuration } from './option-values.ts';

/** Ten update intervals: an open session reports at every fifth at the latest. */
const LOST_AFTER_MS = 600_000;

/** The option of every command that shows sessions. */
export function lostAfterOption(): Option {
  return new Option('--lost-after <duration>', 'count an open session as lost when it was silent for so long')
    .argParser(parseDuration)
    .default(LOST_AFTER_MS, '10m');
}
