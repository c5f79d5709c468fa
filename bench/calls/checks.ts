import type { Mode } from './measure/calls.ts';
import { MODULES } from './measure/startup.ts';
import { bytes } from './report.ts';
import { type Results, type Row, rowsOf } from './results.ts';
import { subjectOf } from './subjects.ts';

/** A target, with what was measured. */
export interface Check {
  name: string;
  passed: boolean;
  measured: string;
}

const MODES: readonly Mode[] = ['paced', 'flat out'];
const MAX_CPU = 1.1;
const MAX_IMPORT = 0.35;
/** Before 22.22.3, Node.js runs hooks in a thread of its own, which has to start, and asks it for each module. */
const MAX_STARTUP = 2;
const MAX_PACKAGES = 2;
const MAX_SIZE_MIB = 5;
const MAX_IDLE_BYTES = 2048;

export function checksOf(results: Results): Check[] {
  return [
    ...MODES.flatMap((mode) => callChecks(mode, rowsOf(results.calls[mode]))),
    ...importChecks(results),
    ...startupChecks(results),
    ...sizeChecks(results),
    ...idleChecks(results),
  ];
}

function callChecks(mode: Mode, rows: Row[]): Check[] {
  const checks: Check[] = [];
  for (const ours of rows.filter(({ subject }) => subject.role === 'ours')) {
    const { sdk, side } = ours.subject;
    const floor = rows.find(({ subject }) => subject === subjectOf('floor', ours.subject)) as Row;
    const isPeer = ({ subject }: Row): boolean => subject.role === 'peer' && subject.sdk === sdk;
    const peers = rows.filter((row) => isPeer(row) && row.subject.side === side);
    const where = `${mode}, ${sdk} SDK${side === 'client' ? ', client' : ''}`;
    checks.push(
      check(
        `${where}: added CPU at most ${MAX_CPU} x the floor's`,
        ours.cpu <= MAX_CPU,
        `${ours.cpu.toFixed(2)} x`,
      ),
      check(
        `${where}: the floor records what this package records`,
        same(floor.recorded.spanAttributes, ours.recorded.spanAttributes) &&
          same(floor.recorded.metrics, ours.recorded.metrics),
        `${ours.recorded.spanAttributes.length} attributes, ${ours.recorded.metrics.length} metrics`,
      ),
      check(
        `${where}: every recorded call is delivered`,
        ours.delivered === ours.called && floor.delivered === floor.called,
        `${ours.delivered} of ${ours.called}, the floor ${floor.delivered} of ${floor.called}`,
      ),
      peerCheck(
        where,
        ours,
        peers.filter(({ asMuch }) => asMuch),
      ),
    );
  }
  return checks;
}

function peerCheck(where: string, ours: Row, peers: Row[]): Check {
  const name = `${where}: added CPU below that of every peer that records as much`;
  if (peers.length === 0) return check(name, true, 'no peer does');
  const measured = peers.map(({ subject, cpu }) => `${subject.name} ${cpu.toFixed(2)} x`).join(', ');
  return check(
    name,
    peers.every(({ cpu }) => ours.cpu < cpu),
    `${ours.cpu.toFixed(2)} x; ${measured}`,
  );
}

function importChecks({ imports }: Results): Check[] {
  const shinzo = imports.peers.get('@shinzolabs/instrumentation-mcp') as number;
  const limit = `at most ${MAX_IMPORT} x that of @shinzolabs/instrumentation-mcp`;
  return [
    check(`import ${limit}`, imports.ours <= MAX_IMPORT * shinzo, `${(imports.ours / shinzo).toFixed(2)} x`),
    check(
      `import and first manager ${limit}`,
      imports.oursReady <= MAX_IMPORT * shinzo,
      `${(imports.oursReady / shinzo).toFixed(2)} x`,
    ),
  ];
}

function startupChecks({ startup }: Results): Check[] {
  return [
    check(
      `a program of ${MODULES} modules with register takes at most ${MAX_STARTUP} x the time without`,
      startup.large <= MAX_STARTUP,
      `${startup.large.toFixed(2)} x`,
    ),
  ];
}

function sizeChecks({ installed }: Results): Check[] {
  const { packages, size } = installed.get('mcp-sessionscope') as { packages: number; size: number };
  return [
    check(`at most ${MAX_PACKAGES} packages installed`, packages <= MAX_PACKAGES, String(packages)),
    check(`at most ${MAX_SIZE_MIB} MiB installed`, size <= MAX_SIZE_MIB, `${size.toFixed(1)} MiB`),
  ];
}

function idleChecks({ idle }: Results): Check[] {
  const limit = `an idle client session takes at most ${bytes(MAX_IDLE_BYTES)}`;
  return [
    check(`${limit} (connection)`, idle.connection <= MAX_IDLE_BYTES, bytes(idle.connection)),
    check(`${limit} (inferred)`, idle.inferred <= MAX_IDLE_BYTES, bytes(idle.inferred)),
  ];
}

function check(name: string, passed: boolean, measured: string): Check {
  return { name, passed, measured };
}

function same(a: string[], b: string[]): boolean {
  return a.length === b.length && [...a].sort().join() === [...b].sort().join();
}
