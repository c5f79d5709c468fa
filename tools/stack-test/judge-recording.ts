/** Evaluates the panels from the recorded answers, and prints how each did, as JSON. Jest cannot load Grafana's library. */
import { CASES } from './checks/all.ts';
import { runCases, unexpected } from './checks/run.ts';
import { scrapeIntervalMs } from './dashboards.ts';
import { recorded } from './panels/backends.ts';
import { readRecording } from './recording.ts';

const { facts, responses, updateIntervalS } = readRecording();
const outcomes = await runCases({
  cases: CASES,
  dashboards: facts.dashboards,
  backends: recorded(responses),
  facts,
  scrapeIntervalMs: scrapeIntervalMs(),
  updateIntervalS,
});
console.log(JSON.stringify({ outcomes, unexpected: unexpected(CASES, facts.dashboards) }));
