/** Evaluates the panels from the recorded answers, and prints how each did, as JSON. Jest cannot load Grafana's library. */

import { recorded } from '../../../tools/dashboards/evaluate/backends.ts';
import { FORMS, type Form } from '../../../tools/dashboards/form.ts';
import { casesOf } from './checks/all.ts';
import { runCases, unexpected } from './checks/run.ts';
import { scrapeIntervalMs } from './dashboards.ts';
import { readRecording } from './recording.ts';

async function judge(form: Form) {
  const cases = casesOf(form);
  const { facts, responses, updateIntervalS } = readRecording(form);
  const { dashboards } = facts;
  const outcomes = await runCases({
    cases,
    dashboards,
    backends: recorded(responses),
    facts,
    scrapeIntervalMs: scrapeIntervalMs(),
    updateIntervalS,
  });
  return { form, outcomes, unexpected: unexpected(cases, dashboards) };
}

console.log(JSON.stringify(await Promise.all(FORMS.map(judge))));
