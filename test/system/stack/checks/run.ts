import { setTimeout as sleep } from 'node:timers/promises';
import type { Backends } from '../../../../tools/dashboards/evaluate/backends.ts';
import { type Evaluated, evaluate } from '../../../../tools/dashboards/evaluate/evaluate.ts';
import { type Dashboard, type Panel, panelsOf } from '../../../../tools/dashboards/evaluate/model.ts';
import type { Integers } from '../../../../tools/dashboards/evaluate/tempo-frames.ts';
import { variablesOf } from '../../../../tools/dashboards/evaluate/variables.ts';
import type { Form } from '../../../../tools/dashboards/form.ts';
import type { Case, Expectation, Facts } from './check.ts';
import { SESSIONS } from './names.ts';
import { learnIds } from './sessions.ts';

/** How a panel did in a case. */
export interface Outcome {
  dashboard: string;
  panel: string;
  case: string;
  /** Why it failed. */
  problem?: string;
}

export interface RunOptions {
  cases: readonly Case[];
  dashboards: readonly Dashboard[];
  backends: Backends;
  facts: Facts;
  /** The least time between two points of Prometheus, as its data source is set to. */
  scrapeIntervalMs: number;
  /** What the variable for the interval of session updates is set to, in seconds. */
  updateIntervalS: number;
  /**
   * Milliseconds from the start within which a panel that is not right is asked for again: the backends answer what has
   * been written so far, and a reader refreshes. 0, the default, for answers that do not change.
   */
  refreshMs?: number;
  /** Given every panel as it was evaluated. */
  onEvaluated?(evaluated: Evaluated, one: Case): void;
}

const REFRESH_EVERY_MS = 2_000;
/** Where a reader's browser reaches Jaeger. */
const JAEGER_URL = 'http://jaeger.example:16686';

/** Learns which session is whose, then evaluates every panel of every case and compares it with what must be. */
export async function runCases(options: RunOptions): Promise<Outcome[]> {
  const known: Known = {
    ...options,
    remembered: remembering(options.backends),
    refreshUntil: Date.now() + (options.refreshMs ?? 0),
  };
  const outcomes: Outcome[] = [];
  const ids: Case = { name: 'ids', dashboard: SESSIONS, panels: { Sessions: learnIds } };
  outcomes.push(...(await runCase(ids, known)).filter(({ problem }) => problem !== undefined));
  for (const one of options.cases) outcomes.push(...(await runCase(one, known)));
  return outcomes;
}

/** With the answers that all panels share. */
interface Known extends RunOptions {
  remembered: Backends;
  /** Unix milliseconds. */
  refreshUntil: number;
}

/** Panels that nobody expects anything of, and expectations of panels that are not there. */
export function unexpected(cases: readonly Case[], dashboards: readonly Dashboard[]): string[] {
  const expected = new Set(
    cases.flatMap(({ dashboard, panels }) => Object.keys(panels).map((title) => `${dashboard}: ${title}`)),
  );
  const existing = new Set(
    dashboards.flatMap((dashboard) =>
      panelsOf(dashboard).map((panel) => `${dashboard.uid}: ${titleOf(panel)}`),
    ),
  );
  return [
    ...[...existing]
      .filter((panel) => !expected.has(panel))
      .map((panel) => `nothing is expected of ${panel}`),
    ...[...expected].filter((panel) => !existing.has(panel)).map((panel) => `there is no panel ${panel}`),
  ];
}

const titleOf = ({ title, id }: Panel): string => title ?? `panel ${id}`;

async function runCase(one: Case, options: Known): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [title, expectation] of Object.entries(one.panels)) {
    let problem = await problemOf(one, title, expectation, { ...options, backends: options.remembered });
    while (problem !== undefined && Date.now() < options.refreshUntil) {
      await sleep(REFRESH_EVERY_MS);
      problem = await problemOf(one, title, expectation, options);
    }
    const outcome = { dashboard: one.dashboard, panel: title, case: one.name };
    outcomes.push(problem === undefined ? outcome : { ...outcome, problem });
  }
  return outcomes;
}

/** How the data source of a form may write whole numbers: the panels must show the same. */
const INTEGERS: Record<Form, readonly Integers[]> = {
  clickhouse: ['numbers'],
  tempo: ['numbers', 'text'],
};

async function problemOf(
  one: Case,
  title: string,
  expectation: Expectation,
  options: RunOptions,
): Promise<string | undefined> {
  try {
    for (const integers of INTEGERS[options.facts.form]) {
      const evaluated = await evaluatedIn(one, title, integers, options);
      if (integers === 'numbers') options.onEvaluated?.(evaluated, one);
      expectation(evaluated, options.facts);
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function evaluatedIn(
  one: Case,
  title: string,
  integers: Integers,
  options: RunOptions,
): Promise<Evaluated> {
  const { dashboards, facts, scrapeIntervalMs, updateIntervalS } = options;
  const dashboard = dashboards.find(({ uid }) => uid === one.dashboard);
  if (dashboard === undefined) throw new Error(`there is no dashboard ${one.dashboard}`);
  const panel = panelsOf(dashboard).find((each) => titleOf(each) === title);
  if (panel === undefined) throw new Error('there is no such panel');
  const settings = { update_interval: String(updateIntervalS), jaeger_url: JAEGER_URL };
  const known = Object.entries(settings).filter(([setting]) =>
    dashboard.templating?.list.some(({ name }) => name === setting),
  );
  const view = { ...facts.view, chosen: { ...Object.fromEntries(known), ...one.chosen?.(facts) } };
  const backends =
    one.lookback === undefined ? options.backends : withLookback(options.backends, one.lookback);
  const scope = await variablesOf(dashboard, backends, view);
  return evaluate(panel, { backends, scope, view, integers, scrapeIntervalMs });
}

/** As the data source of Prometheus does with this custom query parameter. */
function withLookback(backends: Backends, lookback: string): Backends {
  return {
    get: (source, path, params) =>
      backends.get(source, path, source === 'prometheus' ? { ...params, lookback_delta: lookback } : params),
  };
}

/** Asks each question once. */
function remembering(backends: Backends): Backends {
  const answers = new Map<string, Promise<unknown>>();
  return {
    async get(source, path, params) {
      const key = JSON.stringify([source, path, params]);
      const answer = answers.get(key) ?? backends.get(source, path, params);
      answers.set(key, answer);
      return structuredClone(await answer);
    },
  };
}
