import type { Check } from '../../tools/support/checks.ts';
import { formatTable } from '../../tools/support/table.ts';
import type { Measured, Results } from './measure.ts';

/** The panels that are looked at most, by dashboard and title. */
const LOOKED_AT = [
  ['MCP Sessions', 'Sessions'],
  ['MCP Session', 'Events'],
] as const;
const MAX_ROWS = 1 / 4;
/** Processor time, of which other programs have their own; the time that passes is theirs too. */
const MAX_COST = 0.5;
/** Rows. In a smaller table, what every query costs before it reads anything is much of a scan. */
const LARGE = 500_000;

export function reportOf({ table, scan, panels }: Results): string {
  const of = (each: Measured): string[] => [
    each.dashboard,
    each.panel,
    ms(each.p50Ms),
    ms(each.p95Ms),
    ratio(each.p50Ms / scan.p50Ms),
    ratio(each.processorMs / scan.processorMs),
    count(each.readRows),
    percent(each.readRows / table.rows),
  ];
  return [
    `${count(table.rows)} spans in ${count(table.sessions)} sessions, inserted at ${count(table.insertedPerSecond)} rows/s: ` +
      `${table.bytesPerRow.toFixed(1)} bytes a span on disk, ${table.indexBytesPerRow.toFixed(1)} of them in indexes; ${table.parts} parts`,
    formatTable([
      ['dashboard', 'panel', 'p50', 'p95', 'of a scan', 'processor', 'rows read', 'of all'],
      ['', 'full scan', ms(scan.p50Ms), ms(scan.p95Ms), '1.00', '1.00', count(table.rows), percent(1)],
      ...panels.map(of),
    ]),
  ].join('\n\n');
}

/** What must hold; how long it takes only of a table that is large enough to say so. */
export function checksOf({ table, scan, panels }: Results): Check[] {
  return LOOKED_AT.flatMap(([dashboard, panel]) => {
    const found = panels.find((each) => each.dashboard === dashboard && each.panel === panel);
    if (found === undefined) throw new Error(`there is no panel ${panel} in ${dashboard}`);
    const share = found.readRows / table.rows;
    const cost = found.processorMs / scan.processorMs;
    const checks = [
      { ok: found.rows > 0, name: 'has rows', found: count(found.rows) },
      {
        ok: share <= MAX_ROWS,
        name: `reads ${percent(MAX_ROWS)} of the rows at most`,
        found: percent(share),
      },
    ];
    if (table.rows >= LARGE) {
      const name = `takes less than ${MAX_COST} x the processor time of a full scan`;
      checks.push({ ok: cost < MAX_COST, name, found: `${ratio(cost)} x` });
    }
    return checks.map((check) => ({ ...check, name: `${dashboard}, ${panel}: ${check.name}` }));
  });
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

function ratio(number: number): string {
  return number.toFixed(2);
}

function ms(number: number): string {
  return `${number.toFixed(1)} ms`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
