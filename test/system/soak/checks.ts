import type { RunCounts } from '../../../bench/calls/collector/counts.ts';
import { isTold, toldLosses } from '../../../tools/support/told-losses.ts';
import type { Load } from './processes.ts';

export interface Check {
  name: string;
  ok: boolean;
  found: string;
}

export interface Outcome {
  calls: number;
  sessions: number;
  load: Load;
  delivered: RunCounts;
  linger: { exitMs: number; stdout: string; exitCode: number | null };
}

const MAX_GROWTH_BYTES = 20e6;
/** The exporters give a request up after 10 s: who exits before that was not kept by one. */
const EXPORT_TIMEOUT_MS = 10_000;

/** `start`, `initialize`, `notifications/initialized` and `end`, besides the calls. */
const SPANS_OF_A_SESSION = 4;

export function checks({ calls, sessions, load, delivered, linger }: Outcome): Check[] {
  const told = toldLosses(load.stderr.join('\n'));
  const recorded = calls + sessions * SPANS_OF_A_SESSION;
  const kept = sessions / 4;
  const growth = growthOf(load.heaps);
  return [
    check(
      'no call failed',
      load.failed === 0 && load.done === calls,
      `${load.failed} of ${load.done} failed`,
    ),
    check(
      'the heap is flat after the first tenth',
      growth < MAX_GROWTH_BYTES,
      `grew by ${(growth / 1e6).toFixed(1)} MB`,
    ),
    // The newest one may still be on the stack.
    check(
      'closed servers are collected',
      load.alive <= 1,
      `${load.alive} of ${sessions - kept} closed servers are left`,
    ),
    check(
      'closed sessions are gone, open ones are not',
      load.active === kept,
      `${load.active} of ${sessions} are active`,
    ),
    check('exports go on after the recovery', delivered.spans > 0, `${delivered.spans} spans delivered`),
    check(
      'every lost span is counted on stderr',
      isTold(recorded - delivered.spans, told),
      `${told.lost} lost + ${told.unsure} unsure + ${delivered.spans} delivered of ${recorded} recorded`,
    ),
    check(
      'stderr has a few lines',
      load.stderr.length <= 8,
      `${load.stderr.length}: ${load.stderr.join(' | ')}`,
    ),
    check(
      'metrics miss no call',
      delivered.values['mcp.server.operation.duration'] === calls + 2 * sessions,
      `${delivered.values['mcp.server.operation.duration']} operations measured`,
    ),
    check(
      'stdout is empty',
      load.stdout === '' && linger.stdout === '',
      `${load.stdout.length + linger.stdout.length} bytes`,
    ),
    check(
      'the process exits when its work is done',
      load.exitCode === 0 && load.exitMs < EXPORT_TIMEOUT_MS / 2,
      `after ${Math.round(load.exitMs)} ms`,
    ),
    check(
      'a hanging collector keeps no process',
      linger.exitCode === 0 && linger.exitMs < EXPORT_TIMEOUT_MS / 2,
      `exit ${Math.round(linger.exitMs)} ms after the last call, without shutdown`,
    ),
  ];
}

const check = (name: string, ok: boolean, found: string): Check => ({ name, ok, found });

/** How far the heap ever rose above where it stood after the first tenth of the calls. */
function growthOf(heaps: Load['heaps']): number {
  const settled = heaps.slice(Math.ceil(heaps.length / 10) - 1);
  const base = settled[0]?.heap ?? 0;
  return Math.max(...settled.map(({ heap }) => heap - base));
}
