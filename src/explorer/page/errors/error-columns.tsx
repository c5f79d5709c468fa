import type { ApiErrorGroup } from '../../server/api.ts';
import { listNames } from '../../text/names.ts';
import { UNRESTRICTED } from '../address.ts';
import { formatCount } from '../format.ts';
import { Ago } from '../parts/ago.tsx';
import { serversColumn } from '../parts/call-columns.tsx';
import type { DataColumn } from '../parts/data-table.tsx';
import { FirstFew } from '../parts/first-few.tsx';
import { ViewLink } from '../parts/link.tsx';
import { Text, titleOf } from '../parts/text.tsx';

/** Clients that a row names, and of one its versions. */
const [SHOWN_CLIENTS, SHOWN_VERSIONS] = [3, 2];

export const ERROR_COLUMNS: readonly DataColumn<ApiErrorGroup>[] = [
  {
    id: 'what',
    label: 'What failed',
    class: 't-name',
    value: whatOf,
    cell: (group) => <What group={group} />,
  },
  {
    id: 'type',
    label: 'Error',
    class: 'x-error',
    value: ({ type, text = '' }) => `${type} ${text}`,
    cell: (group) => <ErrorText group={group} />,
  },
  {
    id: 'count',
    label: 'Failures',
    isNumber: true,
    value: ({ count }) => count,
    cell: ({ count }) => <span class="errors">{formatCount(count)}</span>,
  },
  {
    id: 'sessions',
    label: 'Sessions',
    isNumber: true,
    value: ({ sessions }) => sessions,
    cell: (group) => <Sessions group={group} />,
  },
  {
    id: 'clients',
    label: 'Clients',
    class: 'x-clients',
    value: ({ clients }) => clients.map(({ name = '' }) => name).join(' '),
    cell: (group) => <Clients group={group} />,
  },
  serversColumn<ApiErrorGroup>(),
  { id: 'first', label: 'First', class: 't-last', value: ({ firstMs }) => firstMs, cell: firstCell },
  { id: 'last', label: 'Last', class: 't-last', value: ({ lastMs }) => lastMs, cell: lastCell },
  { id: 'example', label: 'Example', class: 'x-example', cell: (group) => <Example group={group} /> },
];

/** Tells a group from the others. */
export function keyOf({ tool, prompt, method, type, text }: ApiErrorGroup): string {
  return JSON.stringify([tool, prompt, tool === undefined ? method : '', type, text]);
}

function whatOf({ tool, prompt, method }: ApiErrorGroup): string {
  return tool ?? prompt ?? method ?? 'unknown';
}

function What({ group }: { readonly group: ApiErrorGroup }) {
  const { tool, method, services } = group;
  return (
    <>
      {tool === undefined ? (
        <Text class="strong" value={whatOf(group)} />
      ) : (
        <ViewLink class="strong" to={{ ...UNRESTRICTED, tab: 'sessions', tool }}>
          <Text value={tool} title={`${tool}: show its sessions`} />
        </ViewLink>
      )}
      {whatOf(group) !== method && method !== undefined && method !== 'tools/call' && (
        <Text class="faint" value={` ${method}`} />
      )}
      <span class="t-about">
        <Text value={listNames(services)} />
      </span>
    </>
  );
}

function ErrorText({ group: { type, text } }: { readonly group: ApiErrorGroup }) {
  return (
    <span class="x-text" title={titleOf(text === undefined ? type : `${type}: ${text}`)}>
      <Text class="x-type" value={type} /> {text !== undefined && text !== type && <Text value={text} />}
    </span>
  );
}

/** Leads to those sessions, as far as words can tell them. */
function Sessions({ group: { tool, method, type, sessions } }: { readonly group: ApiErrorGroup }) {
  if (sessions === 0) return <span class="faint">–</span>;
  const what = tool === undefined ? `method:${quoted(method ?? '')}` : `tool:${quoted(tool)}`;
  const q = `${what} type:${quoted(type)}`;
  return (
    <ViewLink
      to={{ ...UNRESTRICTED, tab: 'sessions', q }}
      title="Sessions with this tool and this type of error"
    >
      {formatCount(sessions)}
    </ViewLink>
  );
}

function quoted(text: string): string {
  return /[\s"]/.test(text) ? `"${text.replaceAll('"', '')}"` : text;
}

function Clients({ group: { clients } }: { readonly group: ApiErrorGroup }) {
  const named = clients.map(({ name = 'unknown', versions }) => [name, ...versions].join(' '));
  return (
    <FirstFew
      items={clients}
      most={SHOWN_CLIENTS}
      one="client"
      title={named.join(', ')}
      keyOf={({ name = 'unknown' }) => name}
      isCut={({ versions }) => versions.length > SHOWN_VERSIONS}
      show={({ name = 'unknown', versions }, isWhole) => (
        <>
          <Text value={name} />{' '}
          {versions.length > 0 && <Text class="faint" value={shownVersions(versions, isWhole)} />}
        </>
      )}
    />
  );
}

function shownVersions(versions: readonly string[], isWhole: boolean): string {
  return isWhole || versions.length <= SHOWN_VERSIONS
    ? listNames(versions)
    : `${versions[0]} … ${versions.at(-1)}`;
}

function Example({ group: { example } }: { readonly group: ApiErrorGroup }) {
  const { sessionId, spanId } = example;
  if (sessionId === undefined) return <span class="faint">–</span>;
  const to = { ...UNRESTRICTED, tab: 'sessions', open: [sessionId], event: spanId } as const;
  return (
    <ViewLink class="button" to={to} title="The newest of these failures, in its session">
      Open
    </ViewLink>
  );
}

function firstCell({ firstMs }: ApiErrorGroup) {
  return <Ago at={firstMs} />;
}

function lastCell({ lastMs }: ApiErrorGroup) {
  return <Ago at={lastMs} />;
}
