import { UIDS } from '../links.ts';
import { LABELS, METRICS } from '../names.ts';
import { IS_FAILURE, max, quantile, select, sum } from '../promql.ts';
import { TO_SERVERS } from '../sides.ts';

/** An alert rule; Prometheus and Grafana get it in their own words. */
export interface AlertRule {
  /** The name in Prometheus; docs/alerts.md has a heading of it. */
  readonly name: string;
  /** The uid in Grafana. */
  readonly uid: string;
  readonly expression: string;
  /** How long it must hold. */
  readonly holds: string;
  readonly severity: 'warning' | 'critical';
  /** VALUE stands for what the expression gives, LABEL(name) for one of its labels. */
  readonly summary: string;
  readonly description: string;
  /** How a value is written, in the language of templates. */
  readonly format: 'humanizePercentage' | 'humanizeDuration' | 'humanize';
  readonly dashboard: string;
}

/** From here on it fires. They are stated once: documents and tests read them here. */
export const LIMITS = {
  /** Share of a tool's calls that fail. */
  errorRate: 0.1,
  /** Calls in ten minutes below which a share says nothing. */
  calls: 10,
  /** Seconds that 5 % of the requests exceed. */
  p95Seconds: 5,
} as const;

const WINDOW = '10m';
/** For so long after its last export a process, and what was open in it, counts as vanished. */
const MEMORY = '1h';
const { serverOperation, processSession, activeSessions } = METRICS;
const PROCESS = [LABELS.job, LABELS.instance, LABELS.process];
const ASKED = select(serverOperation.count, TO_SERVERS);

export function alertRules(): readonly AlertRule[] {
  return [errorRate(), latency(), silentProcess(), lostSessions()];
}

function errorRate(): AlertRule {
  const by = [LABELS.job, LABELS.tool];
  const isTool = `${LABELS.tool}!=""`;
  const failed = select(serverOperation.count, isTool, `${LABELS.errorType}!=""`, ...IS_FAILURE);
  const calls = sum(by, `rate(${select(serverOperation.count, isTool)}[${WINDOW}])`);
  const share = `${sum(by, `rate(${failed}[${WINDOW}])`)} / ${calls}`;
  return {
    name: 'McpToolErrorRate',
    uid: 'mcp-tool-error-rate',
    expression: `${share} > ${LIMITS.errorRate} and ${calls} * 600 >= ${LIMITS.calls}`,
    holds: '5m',
    severity: 'warning',
    summary: `VALUE of the calls of LABEL(${LABELS.tool}) fail on LABEL(job)`,
    description:
      'Calls that threw, that the tool answered with isError, or that got a JSON-RPC error which is not the caller’s doing; over ten minutes.',
    format: 'humanizePercentage',
    dashboard: UIDS.operations,
  };
}

function latency(): AlertRule {
  const by = [LABELS.job, LABELS.method, LABELS.tool];
  return {
    name: 'McpSlowRequests',
    uid: 'mcp-slow-requests',
    expression: `${quantile(0.95, by, `rate(${select(serverOperation.bucket, TO_SERVERS)}[${WINDOW}])`)} > ${LIMITS.p95Seconds}`,
    holds: '10m',
    severity: 'warning',
    summary: `LABEL(${LABELS.method}) LABEL(${LABELS.tool}) takes VALUE on LABEL(job)`,
    description: 'The p95 of the duration over ten minutes, estimated within the buckets of the histogram.',
    format: 'humanizeDuration',
    dashboard: UIDS.operations,
  };
}

function silentProcess(): AlertRule {
  const exported = max(PROCESS, `last_over_time(${ASKED}[${MEMORY}])`);
  return {
    name: 'McpProcessSilent',
    uid: 'mcp-process-silent',
    expression: vanished(exported),
    holds: '0m',
    severity: 'warning',
    summary: `no exports from a process of LABEL(job): LABEL(${LABELS.process})`,
    description:
      'It exported within the last hour, nothing came for five minutes, and it never said that it shuts down: it crashed, was killed, or cannot reach the collector. The value is what its largest counter stood at.',
    format: 'humanize',
    dashboard: UIDS.processes,
  };
}

function lostSessions(): AlertRule {
  const open = sum(PROCESS, `last_over_time(${activeSessions}[${MEMORY}])`);
  return {
    name: 'McpSessionsLost',
    uid: 'mcp-sessions-lost',
    expression: `${sum([LABELS.job], vanished(open))} > 0`,
    holds: '0m',
    severity: 'critical',
    summary: 'VALUE client sessions of LABEL(job) were lost with their process',
    description:
      'Client sessions that were open in processes which vanished within the last hour without shutting down. Their clients saw the connection break.',
    format: 'humanize',
    dashboard: UIDS.sessions,
  };
}

/** Of the processes, those that stopped exporting and did not record their end. */
function vanished(processes: string): string {
  const exporting = max(PROCESS, ASKED);
  const ended = max(PROCESS, `last_over_time(${processSession.count}[${MEMORY}])`);
  return `(${processes} unless ${exporting} unless ${ended})`;
}
