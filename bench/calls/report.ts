import { formatTable } from '../../tools/support/table.ts';
import type { Mode } from './measure/calls.ts';
import { MODULES } from './measure/startup.ts';
import type { Options } from './options.ts';
import { type Results, type Row, rowsOf } from './results.ts';
import { SUBJECTS, type Subject } from './subjects.ts';

/** The results as text: ratios only where it is about time, for another machine has another speed. */
export function reportOf(results: Results, options: Options): string {
  const { rounds, peerRounds, turns, warmUpTurns, ratePerSecond, pacedCalls, flatOutCalls } = options;
  return [
    `Medians of ${rounds} rounds (of the packages compared with ${peerRounds}). In each, every subject has a new process,`,
    `and the processes take ${turns} turns, after ${warmUpTurns} for warming up.`,
    'CPU and wall: what a call costs more than on the bare server, divided by what the floor costs more.',
    'The floor is a recording of the same span and data points, written by hand around the tool, and that of clients',
    'around the call.',
    '',
    callTable(
      'paced',
      `${pacedCalls} calls a turn, ${ratePerSecond} a second; wall is the time of a call`,
      results,
    ),
    '',
    callTable(
      'flat out',
      `${flatOutCalls} calls a turn, as fast as it goes; wall is the time per call`,
      results,
    ),
    '',
    packageTable(results),
    '',
    'register: a program from start to end, as a ratio to the same program without it:',
    `  ${results.startup.small.toFixed(2)} x of one module, ${results.startup.large.toFixed(2)} x of ${MODULES} modules`,
    '',
    `Idle client sessions, ${options.idleSessions} of them, heap after gc less that of bare servers:`,
    `  ${bytes(results.idle.connection)} a session with a server and an in-memory transport of its own`,
    `  ${bytes(results.idle.inferred)} a session of sessionless HTTP, whose servers are gone`,
    '',
  ].join('\n');
}

export const bytes = (value: number): string => `${(value / 1024).toFixed(2)} KB`;

function callTable(mode: Mode, what: string, { calls }: Results): string {
  const heading = [
    'subject',
    'SDK',
    'attributes',
    'metrics',
    'recorded',
    'delivered',
    'CPU',
    'of rounds',
    'wall',
    'memory',
    '',
  ];
  const rows = rowsOf(calls[mode]).map((row) => [
    nameOf(row.subject),
    row.subject.sdk,
    String(row.recorded.spanAttributes.length),
    String(row.recorded.metrics.length),
    String(row.called),
    String(row.delivered),
    `${row.cpu.toFixed(2)} x`,
    rangeOf(row),
    `${row.wall.toFixed(2)} x`,
    `+${row.memory.toFixed(0)} MiB`,
    remark(row),
  ]);
  return `${mode}: ${what}\n\n${formatTable([heading, ...rows])}`;
}

function nameOf({ role, side, name }: Subject): string {
  if (role !== 'ours') return name;
  return side === 'client' ? 'this package, client' : 'this package';
}

function rangeOf({ cpuRange: [lowest, highest] }: Row): string {
  return lowest === highest ? '' : `${lowest.toFixed(2)} to ${highest.toFixed(2)}`;
}

function remark({ subject, asMuch, called, delivered }: Row): string {
  const lost = delivered < called ? 'loses spans; ' : '';
  return subject.role === 'peer' ? `${lost}${asMuch ? 'compared' : 'records less, not compared'}` : '';
}

function packageTable({ imports, installed }: Results): string {
  const heading = ['package', 'import', 'packages', 'installed', ''];
  const shinzo = imports.peers.get('@shinzolabs/instrumentation-mcp') as number;
  const sizes = (name: string): string[] => {
    const found = installed.get(name);
    return found === undefined ? ['-', '-'] : [String(found.packages), `${found.size.toFixed(1)} MiB`];
  };
  const share = (ms: number): string => `${(ms / shinzo).toFixed(2)} x`;
  const rows = [
    [
      'this package',
      share(imports.ours),
      ...sizes('mcp-sessionscope'),
      'nothing else but @opentelemetry/api',
    ],
    ['  and a manager', share(imports.oursReady), '', '', 'the OpenTelemetry SDK is loaded'],
  ];
  for (const { role, package: name = '' } of SUBJECTS) {
    if (role !== 'peer') continue;
    const without = name === 'mcp-opentelemetry' ? 'without an SDK, which the application brings' : '';
    rows.push([name, share(imports.peers.get(name) as number), ...sizes(name), without]);
  }
  return `Import, as a ratio to that of @shinzolabs/instrumentation-mcp, and a fresh installation:\n\n${formatTable([heading, ...rows])}`;
}
