import type { ApiTool } from '../../server/api.ts';
import { listNames } from '../../text/names.ts';
import { UNRESTRICTED } from '../address.ts';
import { plural } from '../format.ts';
import { serversColumn } from '../parts/call-columns.tsx';
import type { DataColumn } from '../parts/data-table.tsx';
import { ViewLink } from '../parts/link.tsx';
import { Text } from '../parts/text.tsx';
import { Expander } from './expander.tsx';
import { errorTypesColumn, figureColumns } from './figure-columns.tsx';

export function toolColumns(open: readonly string[], toggle: (name: string) => void): DataColumn<ApiTool>[] {
  return [
    {
      id: 'tool',
      label: 'Tool',
      class: 't-name',
      value: ({ name }) => name,
      cell: (tool) => <Name tool={tool} />,
    },
    serversColumn<ApiTool>(),
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
    ...figureColumns<ApiTool>(),
    errorTypesColumn<ApiTool>(),
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

/** Of the clients of the servers that have it: others could not see it. */
function SeenBy({ tool: { name, services, seenBy, clients }, isOpen, toggle }: SeenByProps) {
  const which = services.length === 0 ? 'its servers' : listNames(services);
  return (
    <Expander
      isOpen={isOpen}
      label={`Seen by ${seenBy} of ${clients} clients: which ones`}
      title={`tools/list showed it to ${seenBy} of the ${plural(clients, 'client')} of ${which}`}
      onToggle={() => toggle(name)}
    >
      {seenBy} of {clients}
    </Expander>
  );
}

interface SeenByProps {
  readonly tool: ApiTool;
  readonly isOpen: boolean;
  readonly toggle: (name: string) => void;
}
