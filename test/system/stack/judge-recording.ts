/** Evaluates the panels from the recorded answers, and prints how each did, as JSON. Jest cannot load Grafana's library. */

import { type Backends, recorded } from '../../../tools/dashboards/evaluate/backends.ts';
import { FORMS, type Form } from '../../../tools/dashboards/form.ts';
import { TO_CLIENTS, TO_SERVERS } from '../../../tools/dashboards/sides.ts';
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
    backends: form === 'tempo' ? beforeClients(recorded(responses)) : recorded(responses),
    facts,
    scrapeIntervalMs: scrapeIntervalMs(),
    updateIntervalS,
  });
  return { form, outcomes, unexpected: unexpected(cases, dashboards) };
}

/** No client was instrumented when Tempo answered: what is asked about one side alone was the same as what is about both. */
function beforeClients(backends: Backends): Backends {
  const ofBoth = (text: string): string =>
    [TO_SERVERS, TO_CLIENTS].reduce(
      (asked, side) => asked.replaceAll(`{${side}}`, '').replaceAll(`,${side}`, ''),
      text,
    );
  return {
    get: (source, path, params) =>
      backends.get(
        source,
        path,
        Object.fromEntries(Object.entries(params).map(([name, value]) => [name, ofBoth(value)])),
      ),
  };
}

console.log(JSON.stringify(await Promise.all(FORMS.map(judge))));
