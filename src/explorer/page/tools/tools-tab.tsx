import type { ApiCalled, ApiTool, CalledKind } from '../../server/api.ts';
import { ANY_RANGE, hasRange, rangeOf } from '../address.ts';
import { client } from '../data/api-client.ts';
import { rangeKey } from '../data/range-key.ts';
import { useAnswer } from '../data/use-answer.ts';
import { plural } from '../format.ts';
import { usePage } from '../page-context.ts';
import { Icon } from '../parts/icons.tsx';
import { ViewLink } from '../parts/link.tsx';
import { ClearButton, RangeFilter } from '../parts/range-filter.tsx';
import { calledColumns } from './called-columns.tsx';
import { CalledTable } from './called-table.tsx';
import { Callers } from './callers.tsx';
import { ContextCost, ListShares } from './context-cost.tsx';
import { ToolClients } from './tool-clients.tsx';
import { toolColumns } from './tool-columns.tsx';

const KINDS: Readonly<Record<CalledKind, string>> = {
  tool: 'Tools',
  resource: 'Resources',
  prompt: 'Prompts',
};

/** Each tool, resource or prompt: who has asked for it, how often, and how that went. */
export function ToolsTab() {
  const { view } = usePage();
  const { kind, find } = view;
  return (
    <>
      <search class="filters" aria-label={`Filter ${KINDS[kind].toLowerCase()}`}>
        <SearchBox />
        <KindChoice />
        <RangeFilter />
        {(hasRange(view) || find !== '') && <ClearButton to={{ ...ANY_RANGE, find: '' }} />}
      </search>
      {kind === 'tool' ? <Tools /> : <Called key={kind} kind={kind} />}
    </>
  );
}

function SearchBox() {
  const { view, navigate } = usePage();
  const what = `Search ${KINDS[view.kind].toLowerCase()}`;
  return (
    <label class="search">
      <Icon name="search" />
      <span class="visually-hidden">{what}</span>
      <input
        type="search"
        value={view.find}
        placeholder={what}
        spellcheck={false}
        autocomplete="off"
        data-search
        onInput={(event) => navigate({ find: event.currentTarget.value }, 'replace')}
      />
      <span class="key" aria-hidden="true">
        /
      </span>
    </label>
  );
}

function KindChoice() {
  const { view } = usePage();
  return (
    <nav class="segments" aria-label="What clients ask for">
      {(Object.keys(KINDS) as CalledKind[]).map((kind) => (
        <ViewLink key={kind} to={{ kind, toolOpen: [] }} current={view.kind === kind}>
          {KINDS[kind]}
        </ViewLink>
      ))}
    </nav>
  );
}

function Tools() {
  const { view, recording } = usePage();
  const ask = () => client.tools(rangeOf(view, recording.now()));
  const answer = useAnswer(recording, rangeKey(view), ask);
  const { value } = answer;
  return (
    <CalledTable<ApiTool>
      caption="Tools"
      one="tool"
      none="In this range no tool was listed or called."
      rows={value?.tools}
      answer={answer}
      about={value === undefined ? '' : `, ${plural(value.clients, 'client')}`}
      columns={toolColumns}
      below={(tool) => (
        <div class="about-tool">
          <Callers kind="tool" name={tool.name} />
          <ListShares tool={tool} lists={value?.lists ?? []} />
          <ToolClients name={tool.name} />
        </div>
      )}
    >
      {value !== undefined && <ContextCost list={value} />}
    </CalledTable>
  );
}

function Called({ kind }: { readonly kind: 'resource' | 'prompt' }) {
  const { view, recording } = usePage();
  const ask = () => client.called(kind, rangeOf(view, recording.now()));
  const answer = useAnswer(recording, `${kind} ${rangeKey(view)}`, ask);
  const label = kind === 'resource' ? 'Resource' : 'Prompt';
  return (
    <CalledTable<ApiCalled>
      caption={KINDS[kind]}
      one={kind}
      none={`In this range no ${kind} was ${kind === 'resource' ? 'read' : 'asked for'}. Those that were only listed are not recorded.`}
      rows={answer.value?.called}
      answer={answer}
      columns={(open, toggle) => calledColumns(label, open, toggle)}
      below={({ name }) => <Callers kind={kind} name={name} />}
    />
  );
}
