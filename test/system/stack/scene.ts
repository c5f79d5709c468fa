import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Backends,
  live,
  type Responses,
  recording,
} from '../../../tools/dashboards/evaluate/backends.ts';
import type { View } from '../../../tools/dashboards/evaluate/variables.ts';
import type { Form } from '../../../tools/dashboards/form.ts';
import type { Urls } from '../../../tools/stack/index.ts';
import { casesOf } from './checks/all.ts';
import { type Case, type Facts, newFacts } from './checks/check.ts';
import { runJaegerChecks } from './checks/jaeger.ts';
import { type Outcome, runCases, unexpected } from './checks/run.ts';
import { scrapeIntervalMs } from './dashboards.ts';
import { writeRecording } from './recording.ts';
import type { Truth } from './traffic/truth.ts';

/** The traffic has been played; now its telemetry has to arrive. */
export interface Scene {
  urls: Urls;
  truth: Truth;
  /** Milliseconds between two reports of a session. */
  updateMs: number;
  say(line: string): void;
  signal: AbortSignal;
}

export interface Judged {
  panels: Outcome[];
  /** Panels without expectations, and the other way round. */
  unexpected: string[];
  jaeger: { check: string; problem?: string }[];
}

/** What the stack has. */
const FORM: Form = 'clickhouse';
const ARRIVES_MS = 90_000;
/** A panel may lag behind those that count everything. */
const REFRESH_MS = 60_000;
const POLL_MS = 2_000;
/** After ten intervals without a word a session is lost. */
const LOST_AFTER = 10;
/** The view begins before the traffic. */
const BEFORE_MS = 30_000;
/** Panels that count everything: when they are right, all has arrived. */
const COUNTING = new Set([
  'Sessions',
  'Sessions started',
  'Requests',
  'Restarts',
  'Processes ended',
  'Processes up',
  'Processes',
  'Processes over time',
  'Durations over time',
  'What clients discovered',
]);

/** Waits until everything has arrived and the killed server's session is lost; says so where that takes too long. */
export async function comeToRest(scene: Scene): Promise<View> {
  const { truth, updateMs, say, signal } = scene;
  const lostAt = truth.to + (LOST_AFTER + 3) * updateMs;
  const deadline = Date.now() + ARRIVES_MS;
  say('waiting until everything has arrived');
  for (;;) {
    const view = { from: truth.from - BEFORE_MS, to: Date.now() };
    const missing = view.to < lostAt ? ['the loss of a session'] : await notArrived(scene, view);
    if (missing.length === 0) return view;
    if (Date.now() > deadline) {
      say(`not everything arrived within ${ARRIVES_MS / 1000} s`);
      return view;
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** Evaluates all panels, and asks Jaeger. */
export async function judge(scene: Scene, view: View, isRecorded: boolean): Promise<Judged> {
  const { urls, say } = scene;
  const facts = factsOf(scene, view);
  const responses: Responses = {};
  await sendSomeTwice(urls.clickhouse);
  say('evaluating the panels');
  const backends = isRecorded ? recording(live(urls), responses) : live(urls);
  const panels = await run(casesOf(FORM), scene, facts, backends, REFRESH_MS);
  say("asking Jaeger's API");
  const jaeger = await runJaegerChecks(urls.jaeger, facts, live(urls));
  if (isRecorded) say(`recorded the answers in ${writeRecording(facts, responses, scene.updateMs / 1000)}`);
  return { panels, unexpected: unexpected(casesOf(FORM), facts.dashboards), jaeger };
}

async function notArrived(scene: Scene, view: View): Promise<string[]> {
  const counting = casesOf(FORM)
    .filter(({ name }) => name === 'as it opens')
    .map(
      (one): Case => ({
        ...one,
        panels: Object.fromEntries(Object.entries(one.panels).filter(([title]) => COUNTING.has(title))),
      }),
    );
  const outcomes = await run(counting, scene, factsOf(scene, view), live(scene.urls));
  return outcomes.flatMap(({ panel, problem }) => (problem === undefined ? [] : [panel]));
}

/** A Collector that did not hear that spans were stored sends them again: no panel may count them twice. */
async function sendSomeTwice(url: string): Promise<void> {
  const body = 'INSERT INTO otel_traces SELECT * FROM otel_traces WHERE cityHash64(SpanId) % 2 = 0';
  const response = await fetch(`${url}/?database=otel`, { method: 'POST', body });
  if (!response.ok) throw new Error(`ClickHouse answered ${response.status}: ${await response.text()}`);
}

function run(
  cases: readonly Case[],
  { updateMs }: Scene,
  facts: Facts,
  backends: Backends,
  refreshMs = 0,
): Promise<Outcome[]> {
  const { dashboards } = facts;
  const updateIntervalS = updateMs / 1000;
  return runCases({
    cases,
    dashboards,
    backends,
    facts,
    scrapeIntervalMs: scrapeIntervalMs(),
    updateIntervalS,
    refreshMs,
  });
}

const factsOf = ({ truth }: Scene, view: View): Facts => newFacts(FORM, truth, view);
