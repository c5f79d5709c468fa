import type { PageCheck } from '../check.ts';
import { ADDRESS } from './address.ts';
import { CALLED } from './called.ts';
import { CELLS } from './cells.ts';
import { COMPARING } from './comparing.ts';
import { DAMAGED } from './damaged.ts';
import { ERRORS_TAB } from './errors-tab.ts';
import { EXPANSION } from './expansion.ts';
import { FILTERS } from './filters.ts';
import { HINTS } from './hints.ts';
import { HOSTILE } from './hostile.ts';
import { JOINED } from './joined.ts';
import { KEYBOARD } from './keyboard.ts';
import { LIVE } from './live.ts';
import { LOGS } from './logs.ts';
import { LONG_SESSIONS } from './long-sessions.ts';
import { LOOKS } from './looks.ts';
import { MANY } from './many.ts';
import { OVERVIEW } from './overview.ts';
import { RANGE } from './range.ts';
import { SEARCH } from './search.ts';
import { SESSION_ROWS } from './session-rows.ts';
import { SORTING } from './sorting.ts';
import { STATES } from './states.ts';
import { TOOLS_TAB } from './tools-tab.ts';
import { WATERFALL } from './waterfall.ts';

export const CHECKS: readonly PageCheck[] = [
  ...CELLS,
  ...FILTERS,
  ...SEARCH,
  ...SORTING,
  ...SESSION_ROWS,
  ...COMPARING,
  ...EXPANSION,
  ...LONG_SESSIONS,
  ...WATERFALL,
  ...LOGS,
  ...LIVE,
  ...JOINED,
  ...ADDRESS,
  ...TOOLS_TAB,
  ...CALLED,
  ...RANGE,
  ...HINTS,
  ...ERRORS_TAB,
  ...OVERVIEW,
  ...KEYBOARD,
  ...STATES,
  ...MANY,
  ...HOSTILE,
  ...DAMAGED,
  ...LOOKS,
];
