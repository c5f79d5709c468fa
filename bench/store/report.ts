import type { Check } from '../../tools/support/checks.ts';
import { formatTable } from '../../tools/support/table.ts';
import type { Measured, Results } from './measure.ts';

/** The panels that are looked at most, by dashboard and title. */
const LOOKED_AT = [
  ['MCP Sessions', 'Sessions'],
  ['MCP Session', 'Events'],
] as const;
const MAX_ROWS = 1 / 4;
const MAX_TIME = 0.5;

export function reportOf({ table, scan, panels }: Results): string {
  const of = (each: Measured): string[] => [
    each.dashboard,
    each.panel,
    ms(each.p50Ms),
    ms(each.p95Ms),
    (each.p50Ms / scan.p50Ms).toFixed(2),
    count(each.readRows),
    percent(each.readRows / table.rows),
  ];
  return [
    `${count(table.rows)} spans in ${count(table.sessions)} sessions, inserted at ${count(table.insertedPerSecond)} rows/s: ` +
      `${table.bytesPerRow.toFixed(1)} bytes a span on disk, ${table.indexBytesPerRow.toFixed(1)} of them in indexes; ${table.parts} parts`,
    formatTable([
      ['dashboard', 'panel', 'p50', 'p95', 'ratio', 'rows read', 'of all'],
      ['', 'full scan', ms(scan.p50Ms), ms(scan.p95Ms), '1.00', count(table.rows), percent(1)],
      ...panels.map(of),
    ]),
  ].join('\n\n');
}

export function checksOf({ table, scan, panels }: Results): Check[] {
  return LOOKED_AT.flatMap(([dashboard, panel]) => {
    const found = panels.find((each) => each.dashboard === dashboard && each.panel === panel);
    if (found === undefined) throw new Error(`there is no panel ${panel} in ${dashboard}`);
    const [share, ratio] = [found.readRows / table.rows, found.p50Ms / scan.p50Ms];
    const name = `${dashboard}, ${panel}`;
    return [
      { ok: found.rows > 0, name: `${name}: has rows`, found: count(found.rows) },
      {
        ok: share <= MAX_ROWS,
        name: `${name}: reads ${percent(MAX_ROWS)} of the rows at most`,
        found: percent(share),
      },
      {
        ok: ratio < MAX_TIME,
        name: `${name}: takes less than ${MAX_TIME} of a full scan`,
        found: ratio.toFixed(2),
      },
    ];
  });
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

function ms(number: number): string {
  return `${number.toFixed(1)} ms`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
