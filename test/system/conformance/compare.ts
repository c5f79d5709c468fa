import type { Check, Results } from './framework.ts';

/** How many checks of a run ended in which way. */
export interface Tally {
  scenarios: number;
  passed: number;
  failed: number;
  warned: number;
  /** Checks that only inform, or that were skipped. */
  other: number;
}

/** A scenario that went differently with and without instrumentation. */
export interface Difference {
  scenario: string;
  /** What differs, one line each: `-` without, `+` with instrumentation. */
  lines: string[];
}

export function tally(results: Results): Tally {
  const count: Tally = { scenarios: results.size, passed: 0, failed: 0, warned: 0, other: 0 };
  for (const { status } of [...results.values()].flat()) {
    if (status === 'SUCCESS') count.passed += 1;
    else if (status === 'FAILURE') count.failed += 1;
    else if (status === 'WARNING') count.warned += 1;
    else count.other += 1;
  }
  return count;
}

/** The checks that did not pass, as `scenario: check`. */
export function failures(results: Results): string[] {
  return [...results].flatMap(([scenario, checks]) =>
    checks.filter(({ status }) => status === 'FAILURE').map(({ id }) => `${scenario}: ${id}`),
  );
}

/** The scenarios whose checks are not the same in both runs, in everything but time and random ids. */
export function differences(bare: Results, instrumented: Results): Difference[] {
  const scenarios = new Set([...bare.keys(), ...instrumented.keys()]);
  return [...scenarios].flatMap((scenario) => {
    const lines = differingLines(bare.get(scenario), instrumented.get(scenario));
    return lines.length === 0 ? [] : [{ scenario, lines }];
  });
}

function differingLines(bare: Check[] | undefined, instrumented: Check[] | undefined): string[] {
  if (bare === undefined) return ['+ the scenario ran only with instrumentation'];
  if (instrumented === undefined) return ['- the scenario ran only without instrumentation'];
  const before = bare.map(normalised);
  const after = instrumented.map(normalised);
  const lines: string[] = [];
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    if (before[index] === after[index]) continue;
    if (before[index] !== undefined) lines.push(`- ${before[index]}`);
    if (after[index] !== undefined) lines.push(`+ ${after[index]}`);
  }
  return lines;
}

/** A check without what no two runs have in common: times, ports, ids that are minted, state that is signed. */
export function normalised(check: Check): string {
  return JSON.stringify(check, (key, value: unknown) => {
    if (TIMES.has(key) || isTraceContext(key, value)) return undefined;
    if (key === 'requestState' && typeof value === 'string') return '<state>';
    // The framework numbers some of its requests by the clock.
    if (typeof value === 'number' && value > YEAR_2020_MS) return '<time>';
    return typeof value === 'string' ? withoutChance(value) : value;
  });
}

/** What an instrumented client adds to its requests, and nothing else. */
function isTraceContext(key: string, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const [inner, ...others] = Object.entries(value);
  if (inner === undefined || others.length > 0) return false;
  return key === '_meta' ? inner[0] === 'traceparent' : key === 'params' && isTraceContext(...inner);
}

const TIMES = new Set(['timestamp', 'date', 'durationMs', 'actualDelayMs']);
const YEAR_2020_MS = Date.UTC(2020);
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Milliseconds of this century. */
const TIME = /\b[12]\d{12}\b/g;
const PORT = /(127\.0\.0\.1|localhost):\d+/g;

function withoutChance(value: string): string {
  return value.replace(UUID, '<uuid>').replace(TIME, '<time>').replace(PORT, '$1:<port>');
}
