import type { ApiTool } from '../../server/api.ts';
import { tokensOf } from '../../sessions/sizes.ts';
import { listNames } from '../../text/names.ts';
import { UNRESTRICTED } from '../address.ts';
import { formatCount, formatDuration, formatSize } from '../format.ts';
import { Ago } from '../parts/ago.tsx';
import { callColumns } from '../parts/call-columns.tsx';
import type { DataColumn } from '../parts/data-table.tsx';
import { Icon } from '../parts/icons.tsx';
import { ViewLink } from '../parts/link.tsx';
import { Text, titleOf } from '../parts/text.tsx';

/** Error types that a row names. */
const SHOWN_TYPES = 2;

export function toolColumns(open: readonly string[], toggle: (name: string) => void): DataColumn<ApiTool>[] {
  return [
    {
      id: 'tool',
      label: 'Tool',
      class: 't-name',
      value: ({ name }) => name,
      cell: (tool) => <Name tool={tool} />,
    },
    {
      id: 'servers',
      label: 'Servers',
      class: 't-wide',
      value: ({ services }) => listNames(services),
      cell: ({ services }) => <Text class="t-servers" value={listNames(services)} />,
    },
    {
      id: 'listed',
      label: 'Listed',
      class: 't-wide',
      value: ({ isListed }) => (isListed === true ? 0 : isListed === undefined ? 1 : 2),
      cell: ({ isListed }) => <Listed isListed={isListed} />,
    },
    {
      id: 'seen',
      label: 'Seen by',
      value: ({ seenBy }) => seenBy,
      cell: (tool) => <SeenBy tool={tool} isOpen={open.includes(tool.name)} toggle={toggle} />,
    },
    ...callColumns<ApiTool>(),
    latencyColumn('p50', 'p50', ({ p50Ms }) => p50Ms),
    latencyColumn('p95', 'p95', ({ p95Ms }) => p95Ms),
    latencyColumn('p99', 'p99', ({ p99Ms }) => p99Ms),
    {
      id: 'size',
      label: 'Answer',
      class: 't-wide',
      isNumber: true,
      value: ({ p50Size }) => p50Size,
      cell: (tool) => <AnswerSize tool={tool} />,
    },
    {
      id: 'cost',
      label: 'Tokens (est.)',
      isNumber: true,
      value: tokensOf,
      cell: (tool) => <Cost tool={tool} />,
    },
    {
      id: 'last',
      label: 'Last call',
      class: 't-last',
      value: ({ lastCallMs }) => lastCallMs,
      cell: ({ lastCallMs }) => <LastCall at={lastCallMs} />,
    },
    { id: 'types', label: 'Error types', class: 't-types', cell: (tool) => <ErrorTypes tool={tool} /> },
  ];
}

function Name({ tool: { name, services, isListed } }: { readonly tool: ApiTool }) {
  return (
    <>
      <ViewLink class="strong" to={{ ...UNRESTRICTED, tab: 'sessions', tool: name }}>
        <Text value={name} title={`${name}: show its sessions`} />
      </ViewLink>
      <span class="t-about">
        <Text value={listNames(services)} />
        {isListed === true ? '' : ` · ${listedText(isListed)}`}
      </span>
    </>
  );
}

function latencyColumn(
  id: string,
  label: string,
  value: (tool: ApiTool) => number | undefined,
): DataColumn<ApiTool> {
  const cell = (tool: ApiTool) => {
    const millis = value(tool);
    return millis === undefined ? <Unknown /> : formatDuration(millis);
  };
  return { id, label, isNumber: true, value, cell };
}

function Listed({ isListed }: { readonly isListed: boolean | undefined }) {
  if (isListed === true) return <span class="listed">yes</span>;
  if (isListed === undefined) {
    return (
      <span class="faint" title="The answers to tools/list in this range are too long to be recorded whole">
        {listedText(isListed)}
      </span>
    );
  }
  return (
    <span class="badge" title="No answer to tools/list named it in this range">
      {listedText(isListed)}
    </span>
  );
}

function listedText(isListed: false | undefined): string {
  return isListed === undefined ? 'not known' : 'not listed';
}

interface SeenByProps {
  readonly tool: ApiTool;
  readonly isOpen: boolean;
  readonly toggle: (name: string) => void;
}

function SeenBy({ tool: { name, seenBy, clients }, isOpen, toggle }: SeenByProps) {
  return (
    <button
      type="button"
      class="expander"
      aria-expanded={isOpen}
      aria-label={`Seen by ${seenBy} of ${clients} clients: which ones`}
      onClick={() => toggle(name)}
    >
      <Icon name="chevron" />
      {seenBy} of {clients}
    </button>
  );
}

/** What one answer takes: the median, and on demand more. */
function AnswerSize({ tool: { p50Size, p95Size, responseSize } }: { readonly tool: ApiTool }) {
  if (p50Size === undefined || p95Size === undefined || responseSize === undefined) return <Unknown />;
  const title = `Median of the answers; p95 ${formatSize(Math.round(p95Size))}, all together ${formatSize(responseSize)}`;
  return <span title={title}>{formatSize(Math.round(p50Size))}</span>;
}

/** What all calls and their answers take of the context of models. */
function Cost({ tool }: { readonly tool: ApiTool }) {
  const tokens = tokensOf(tool);
  if (tokens === undefined) return <Unknown />;
  const { requestSize = 0, responseSize = 0 } = tool;
  const title = `An estimate, bytes / 4: calls ${formatSize(requestSize)}, answers ${formatSize(responseSize)}`;
  return <span title={title}>{formatCount(tokens)}</span>;
}

function Unknown() {
  return <span class="faint">–</span>;
}

function ErrorTypes({ tool: { errorTypes } }: { readonly tool: ApiTool }) {
  const more = errorTypes.length - SHOWN_TYPES;
  return (
    <span class="types" title={titleOf(errorTypes.map(({ type, count }) => `${type}: ${count}`).join(', '))}>
      {errorTypes.slice(0, SHOWN_TYPES).map(({ type, count }) => (
        <span key={type}>
          <Text value={type} /> <span class="faint">{formatCount(count)}</span>
        </span>
      ))}
      {more > 0 && <span class="faint">+{more}</span>}
    </span>
  );
}

function LastCall({ at }: { readonly at: number | undefined }) {
  return at === undefined ? <span class="faint">never</span> : <Ago at={at} />;
}
