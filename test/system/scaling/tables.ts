import { formatTable } from '../../../tools/support/table.ts';
import type { CardinalityResult } from './cardinality.ts';
import type { SamplingResult } from './sampling.ts';
import { shareOf } from './share.ts';
import type { VolumeRow } from './volume.ts';

/** What the samplers made of the sessions. */
export function samplingTable({ rows, clean, spansSent, spansKept, samplers }: SamplingResult): string {
  const lines = rows.map((row) => [
    row.kind,
    String(row.sessions),
    String(row.whole),
    String(row.part),
    String(row.none),
    String(row.spansSent),
    String(row.spansKept),
  ]);
  return [
    `Sessions through an agent, a gateway and ${samplers} samplers; their share for sessions without errors: ${percent(shareOf())}`,
    '',
    formatTable([['session', 'number', 'whole', 'part', 'none', 'spans sent', 'spans kept'], ...lines]),
    '',
    `${clean.kept} of ${clean.all} sessions without errors were kept: ${percent(clean.kept / clean.all)}`,
    `${spansKept} of ${spansSent} spans were kept: ${percent(spansKept / spansSent)}`,
  ].join('\n');
}

/** The series of one process, and what restarts make of them. */
export function cardinalityTable({ rows, churn }: CardinalityResult): string {
  const shapes = rows.map((row) => [
    String(row.tools),
    String(row.errorTypes),
    String(row.clients),
    String(row.points),
    String(row.predicted),
    String(row.series),
    String(row.inPrometheus),
    kilobytes(row.bytes),
    kilobytes(row.gzipBytes),
  ]);
  const heading = [
    'tools',
    'errors',
    'clients',
    'points',
    'formula',
    'series',
    'Prometheus',
    'export',
    'gzip',
  ];
  const restarts = churn.map((row) => [
    String(row.metricSessionId),
    String(row.processes),
    String(row.series),
  ]);
  return [
    'Series of one process',
    '',
    formatTable([heading, ...shapes]),
    '',
    'Series of several processes, one after the other (5 tools, 2 errors, 10 clients)',
    '',
    formatTable([['metricSessionId', 'processes', 'series'], ...restarts]),
  ].join('\n');
}

/** What a million requests weigh. */
export function volumeTable(rows: readonly VolumeRow[]): string {
  const lines: [string, (row: VolumeRow) => string][] = [
    ['measured requests', ({ requests }) => String(requests)],
    ['spans', (row) => million(row.spans, row)],
    ['OTLP JSON, as the package sends it', (row) => gigabytes(row.jsonBytes, row)],
    ['the same, gzip', (row) => gigabytes(row.gzipBytes, row)],
    ['OTLP protobuf, as the agent sends it', (row) => gigabytes(row.protobufBytes, row)],
    ['the same, gzip', (row) => gigabytes(row.protobufGzipBytes, row)],
    ['memory to hold it in a sampler', (row) => gigabytes(row.heldBytes, row)],
    ['in ClickHouse, on disk', (row) => gigabytes(row.storedBytes, row)],
    ['memory to hold one session', (row) => kilobytes(row.heldBytes / row.sessions)],
    ['one session in ClickHouse', (row) => kilobytes(row.storedBytes / row.sessions)],
    ['gzip of one span, from the agent', (row) => `${Math.round(row.protobufGzipBytes / row.spans)} B`],
    ['one span in ClickHouse', (row) => `${Math.round(row.storedBytes / row.spans)} B`],
  ];
  return [
    'A million requests',
    '',
    formatTable([
      ['', ...rows.map(({ requestsPerSession }) => `${requestsPerSession} in a session`)],
      ...lines.map(([name, of]) => [name, ...rows.map(of)]),
    ]),
  ].join('\n');
}

/** What is kept of all sessions where some of them have errors: those, and the share of the rest. */
export function keptTable(): string {
  const shares = [0, 0.01, 0.05, 0.2];
  const kept = shares.map((failing) => [percent(failing), percent(failing + (1 - failing) * shareOf())]);
  return formatTable([['sessions with errors', 'sessions kept'], ...kept]);
}

const perMillion = (amount: number, { requests }: VolumeRow): number => (amount / requests) * 1e6;
const million = (amount: number, row: VolumeRow): string =>
  `${(perMillion(amount, row) / 1e6).toFixed(2)} million`;
const gigabytes = (amount: number, row: VolumeRow): string =>
  `${(perMillion(amount, row) / 1e9).toFixed(2)} GB`;
const kilobytes = (bytes: number): string => `${(bytes / 1e3).toFixed(1)} kB`;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
