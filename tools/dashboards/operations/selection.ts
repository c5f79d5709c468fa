import { LABELS, METRICS } from '../names.ts';
import type { Step } from '../panels.ts';
import { PROCESSES } from '../variables.ts';

export const { serverOperation: SERVER, clientOperation: CLIENT } = METRICS;
/** What the variables of the dashboard choose, as matchers. */
export const CHOSEN = [...PROCESSES, `${LABELS.method}=~"$method"`, `${LABELS.tool}=~"$tool"`];
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
