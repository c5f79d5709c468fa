import assert from 'node:assert/strict';
import { type Evaluated, type Row, valuesOf } from '../../../../tools/dashboards/evaluate/evaluate.ts';
import { HOST } from '../traffic/server-processes.ts';
import type { ProcessTruth } from '../traffic/truth.ts';
import type { Case, Expectation, Facts } from './check.ts';
import { countBy, isFailure, operationsOf } from './counts.ts';
import {
  cell,
  expectBetween,
  expectColor,
  expectDescending,
  expectEqual,
  expectTime,
  NOTHING,
  onlyValue,
  someLines,
  someRows,
} from './expect.ts';
import { PROCESSES } from './names.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const STATE_COLORS: Record<string, string> = { up: 'green', ended: 'gray', silent: 'orange' };
/** Up since: of the first export, which the query looks for once a minute. */
const SINCE_SLACK_MS = 61_000;

const isUp = ({ ended }: ProcessTruth): boolean => ended === undefined;
const isKilled = ({ ended }: ProcessTruth): boolean => ended?.killed === true;
const hasEnded = ({ ended }: ProcessTruth): boolean => ended?.killed === false;

export const PROCESSES_CASES: readonly Case[] = [
  {
    name: 'as it opens',
    dashboard: PROCESSES,
    panels: {
      // A killed one counts for as long as Prometheus looks back.
      'Processes up': countsProcesses((one) => isUp(one) || isKilled(one)),
      'Process starts': countsProcesses(() => true),
      'Silent processes': countsProcesses(() => false),
      'Processes ended': countsProcesses(hasEnded),
      Processes: showsProcesses((one) => (hasEnded(one) ? 'ended' : 'up')),
      'Processes over time': showsProcessesOverTime,
      'Process session durations': (panel, { truth }) => {
        const counted = valuesOf(panel).reduce((sum, { value }) => sum + value, 0);
        expectEqual(counted, truth.processes.filter(hasEnded).length, 'the processes that ended');
      },
    },
  },
  {
    name: 'once a killed process is silent',
    dashboard: PROCESSES,
    lookback: '8s',
    panels: {
      'Processes up': countsProcesses(isUp),
      'Silent processes': countsProcesses(isKilled),
    },
  },
  {
    name: 'one server',
    dashboard: PROCESSES,
    chosen: () => ({ job: ['notes'] }),
    panels: { 'Process starts': countsProcesses(({ service }) => service === 'notes') },
  },
];

/** A process counts until it ends; one that lived for less than two exports never shows. */
function showsProcessesOverTime(panel: Evaluated, { truth }: Facts): void {
  const lines = someLines(panel);
  const most = countBy(truth.processes, ({ service }) => service);
  const lasting = truth.processes.filter((one) => !hasEnded(one)).map(({ service }) => service);
  const missing = lasting.filter((service) => !lines.has(service));
  expectEqual(missing, [], 'the servers that have no line');
  for (const [name, points] of lines) {
    for (const [, value] of points) expectBetween(value, 1, most[name] ?? 0, `processes of ${name}`);
  }
}

function countsProcesses(isCounted: (process: ProcessTruth) => boolean): Expectation {
  return (panel, { truth }) =>
    expectEqual(onlyValue(panel).value, truth.processes.filter(isCounted).length, 'the number of processes');
}

function showsProcesses(stateOf: (process: ProcessTruth) => string): Expectation {
  return (panel, facts) => {
    const rows = someRows(panel);
    expectEqual(rows.length, facts.truth.processes.length, 'the number of processes');
    const ids = rows.map((row) => cell(row, 'Process').text);
    expectEqual(new Set(ids).size, rows.length, 'the number of different ids');
    for (const id of ids) assert.match(id, UUID, 'the id of a process');
    const left = [...rows];
    for (const process of facts.truth.processes) {
      const row = left.findIndex((one) => isOf(one, process, stateOf(process)));
      assert.ok(
        row >= 0,
        `no row is that of a process of ${process.service} with its sessions, calls and errors`,
      );
      expectProcess(left.splice(row, 1)[0] as Row, process, stateOf(process), facts);
    }
    expectDescending(rows, 'Up since');
  };
}

/** Two processes of one server are told apart by what they were asked. */
function isOf(row: Row, process: ProcessTruth, state: string): boolean {
  const { calls, errors } = countsOf(process);
  return (
    cell(row, 'Server').text === process.service &&
    cell(row, 'State').text === state &&
    cell(row, 'Client sessions').text === String(process.sessions.length) &&
    cell(row, 'Calls').text === String(calls) &&
    cell(row, 'Errors').text === String(errors)
  );
}

function countsOf({ sessions }: ProcessTruth): { calls: number; errors: number } {
  const own = operationsOf({ sessions });
  return { calls: own.length, errors: own.filter(isFailure).length };
}

function expectProcess(row: Row, process: ProcessTruth, state: string, { view }: Facts): void {
  const { service, version, started, ended } = process;
  expectEqual(cell(row, 'Version').text, version, `the version of ${service}`);
  expectEqual(cell(row, 'Host').text, HOST, `the host of ${service}`);
  expectEqual(cell(row, 'State').text, state, `the state of ${service}`);
  expectColor(cell(row, 'State'), STATE_COLORS[state] as string);
  const seen = { from: started.from, to: (ended?.to ?? view.to) + SINCE_SLACK_MS };
  expectTime(cell(row, 'Up since').value, seen, `Up since of ${service}`);
  expectTime(cell(row, 'Last export').value, seen, `the last export of ${service}`);
  if (ended === undefined || ended.killed) {
    expectEqual(cell(row, 'Process session').text, NOTHING, `the process session of ${service}`);
    return;
  }
  const least = (ended.from - started.to) / 1000;
  const most = (ended.to - started.from) / 1000;
  expectBetween(
    cell(row, 'Process session').value,
    least,
    most,
    `the process session of ${service}, in seconds,`,
  );
}
