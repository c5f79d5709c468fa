import type { DataFrame } from '@grafana/data';
import { casesOf } from '../../test/system/stack/checks/all.ts';
import { type Outcome, runCases } from '../../test/system/stack/checks/run.ts';
import { scrapeIntervalMs } from '../../test/system/stack/dashboards.ts';
import { readRecording } from '../../test/system/stack/recording.ts';
import { recorded } from '../dashboards/evaluate/backends.ts';
import type { Evaluated } from '../dashboards/evaluate/evaluate.ts';

/** Tables of a dashboard, one below the other. */
export interface Picture {
  name: string;
  /** Stands in the picture. */
  note: string;
  width: number;
  tables: { title: string; frame: DataFrame; fieldConfig: Evaluated['fieldConfig']; sortBy: unknown }[];
}

const FORM = 'clickhouse';
const NOTE = "The panels' rows in Grafana's own table component, rendered outside of Grafana.";

/** Which panels, in which case, a picture shows. */
const SHOWN = [
  { name: 'sessions', case: 'as it opens', dashboard: 'mcp-sessionscope-sessions', panels: ['Sessions'] },
  {
    name: 'session',
    case: 'the session that failed in several ways (payment-agent)',
    dashboard: 'mcp-sessionscope-session',
    panels: ['Session', 'Events', 'Errors', 'Latency by tool'],
  },
  {
    name: 'operations',
    case: 'as it opens',
    dashboard: 'mcp-sessionscope-operations',
    panels: ['Slowest tools', 'Error types'],
  },
  {
    name: 'processes',
    case: 'as it opens',
    dashboard: 'mcp-sessionscope-processes',
    panels: ['Processes'],
  },
];

/** Evaluates the recorded answers; throws where a panel does not show what it must. */
export async function readPictures(): Promise<Picture[]> {
  const { facts, responses, updateIntervalS } = readRecording(FORM);
  const evaluated = new Map<string, Evaluated>();
  const keyOf = (dashboard: string, one: string, panel: string): string => [dashboard, one, panel].join('\n');
  const outcomes = await runCases({
    cases: casesOf(FORM),
    dashboards: facts.dashboards,
    backends: recorded(responses),
    facts,
    scrapeIntervalMs: scrapeIntervalMs(),
    updateIntervalS,
    onEvaluated: (panel, { dashboard, name }) =>
      evaluated.set(keyOf(dashboard, name, panel.panel.title ?? ''), panel),
  });
  expectNoProblem(outcomes);
  return SHOWN.map(({ name, case: one, dashboard, panels }) => ({
    name,
    note: NOTE,
    width: 1600,
    tables: panels.map((title) => tableOf(title, evaluated.get(keyOf(dashboard, one, title)))),
  }));
}

function tableOf(title: string, evaluated: Evaluated | undefined): Picture['tables'][number] {
  const [frame] = evaluated?.transformed ?? [];
  if (evaluated === undefined || frame === undefined) throw new Error(`the panel ${title} shows nothing`);
  const { fieldConfig, panel } = evaluated;
  return { title, frame, fieldConfig, sortBy: panel.options?.['sortBy'] };
}

function expectNoProblem(outcomes: Outcome[]): void {
  const [first] = outcomes.filter(({ problem }) => problem !== undefined);
  if (first !== undefined) throw new Error(`the panel ${first.panel} is not right: ${first.problem}`);
}
