import { LABELS, METRICS } from '../names.ts';
import type { Step } from '../panels.ts';
import { TO_CLIENTS, TO_SERVERS } from '../sides.ts';
import { PROCESSES } from '../variables.ts';

export const { serverOperation: SERVER, clientOperation: CLIENT } = METRICS;
const CHOSEN_METHODS = [...PROCESSES, `${LABELS.method}=~"$method"`];
/** What the variables of the dashboard choose of what servers are asked, as matchers. */
export const CHOSEN_OF_ANY_TOOL = [...CHOSEN_METHODS, TO_SERVERS];
export const CHOSEN = [...CHOSEN_OF_ANY_TOOL, `${LABELS.tool}=~"$tool"`];
/** The same of what clients are asked. */
export const CHOSEN_OF_CLIENTS = [...CHOSEN_METHODS, TO_CLIENTS];
export const TOOL_CALLS = [...CHOSEN, `${LABELS.tool}!=""`];
export const LIST_TOOLS = 'tools/list';

export const NO_METRICS =
  'Widen the time range and set the filters to All. Rates need two exports of a process, a minute apart by default; check with "mcp-sessionscope doctor" that metrics reach the collector.';

/** From which share of errors on it is bad. */
export const ERROR_STEPS: readonly Step[] = [
  [null, 'green'],
  [0.01, 'orange'],
  [0.05, 'red'],
];

/** The same for shares in tables, where most are none. */
export const SHARE_STEPS: readonly Step[] = [[null, 'text'], ...ERROR_STEPS.slice(1)];
