import type { CallFigures } from '../../server/api.ts';
import { tokensOf } from '../../sessions/sizes.ts';
import { formatCount, formatDuration, formatSize } from '../format.ts';
import { Ago } from '../parts/ago.tsx';
import { callColumns } from '../parts/call-columns.tsx';
import type { DataColumn } from '../parts/data-table.tsx';
import { FirstFew } from '../parts/first-few.tsx';
import { Text } from '../parts/text.tsx';

/** Error types that a row names. */
const SHOWN_TYPES = 2;

/** How often something was asked for, how that went, and what it costs. */
export function figureColumns<Row extends CallFigures>(): DataColumn<Row>[] {
  return [
    ...callColumns<Row>(),
    latencyColumn('p50', ({ p50Ms }) => p50Ms),
    latencyColumn('p95', ({ p95Ms }) => p95Ms),
    latencyColumn('p99', ({ p99Ms }) => p99Ms),
    {
      id: 'size',
      label: 'Answer',
      class: 't-wide',
      isNumber: true,
      value: ({ p50Size }) => p50Size,
      cell: (row) => <AnswerSize of={row} />,
    },
    {
      id: 'cost',
      label: 'Tokens (est.)',
      isNumber: true,
      value: tokensOf,
      cell: (row) => <Cost of={row} />,
    },
    {
      id: 'last',
      label: 'Last call',
      class: 't-last',
      value: ({ lastCallMs }) => lastCallMs,
      cell: ({ lastCallMs }) => <LastCall at={lastCallMs} />,
    },
  ];
}

type ErrorTypes = readonly { readonly type: string; readonly count: number }[];

export function errorTypesColumn<Row extends { readonly errorTypes: ErrorTypes }>(): DataColumn<Row> {
  return {
    id: 'types',
    label: 'Error types',
    class: 't-types',
    cell: ({ errorTypes }) => <ErrorTypes types={errorTypes} />,
  };
}

function latencyColumn<Row extends CallFigures>(
  id: string,
  value: (row: Row) => number | undefined,
): DataColumn<Row> {
  const cell = (row: Row) => {
    const millis = value(row);
    return millis === undefined ? <Unknown /> : formatDuration(millis);
  };
  return { id, label: id, isNumber: true, value, cell };
}

/** What one answer takes: the median, and on demand more. */
function AnswerSize({ of: { p50Size, p95Size, responseSize } }: { readonly of: CallFigures }) {
  if (p50Size === undefined || p95Size === undefined || responseSize === undefined) return <Unknown />;
  const title = `Median of the answers; p95 ${formatSize(Math.round(p95Size))}, all together ${formatSize(responseSize)}`;
  return <span title={title}>{formatSize(Math.round(p50Size))}</span>;
}

/** What all calls and their answers take of the context of models. */
function Cost({ of }: { readonly of: CallFigures }) {
  const tokens = tokensOf(of);
  if (tokens === undefined) return <Unknown />;
  const { requestSize = 0, responseSize = 0 } = of;
  const title = `An estimate, bytes / 4: calls ${formatSize(requestSize)}, answers ${formatSize(responseSize)}`;
  return <span title={title}>{formatCount(tokens)}</span>;
}

function Unknown() {
  return <span class="faint">–</span>;
}

function ErrorTypes({ types }: { readonly types: ErrorTypes }) {
  return (
    <FirstFew
      items={types}
      most={SHOWN_TYPES}
      one="error type"
      title={types.map(({ type, count }) => `${type}: ${count}`).join(', ')}
      keyOf={({ type }) => type}
      show={({ type, count }) => (
        <>
          <Text value={type} /> <span class="faint">{formatCount(count)}</span>
        </>
      )}
    />
  );
}

function LastCall({ at }: { readonly at: number | undefined }) {
  return at === undefined ? <span class="faint">never</span> : <Ago at={at} />;
}
