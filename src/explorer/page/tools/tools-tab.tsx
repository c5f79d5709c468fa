import type { ApiTool } from '../../server/api.ts';
import { nextDirection, rangeOf, type ToolSort } from '../address.ts';
import { client } from '../data/api-client.ts';
import { rangeKey } from '../data/range-key.ts';
import { useAnswer } from '../data/use-answer.ts';
import { plural } from '../format.ts';
import { usePage } from '../page-context.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Notice } from '../parts/notice.tsx';
import { RangeFilter } from '../parts/range-filter.tsx';
import { ContextCost } from './context-cost.tsx';
import { ToolClients } from './tool-clients.tsx';
import { toolColumns } from './tool-columns.tsx';

/** Each tool: who has seen it, how often it was called, and how that went. */
export function ToolsTab() {
  const { view, navigate, recording } = usePage();
  const ask = () => client.tools(rangeOf(view, recording.now()));
  const { value, failure, isLoading } = useAnswer(recording, rangeKey(view), ask);
  const toggle = (name: string) => {
    const isOpen = view.toolOpen.includes(name);
    navigate({ toolOpen: isOpen ? view.toolOpen.filter((each) => each !== name) : [...view.toolOpen, name] });
  };
  const sortBy = (column: string) =>
    navigate({
      toolSort: column as ToolSort,
      toolOrder: nextDirection(column, view.toolSort, view.toolOrder),
    });
  return (
    <>
      <search class="filters" aria-label="Filter tools">
        <RangeFilter />
      </search>
      <div class="summary">
        <p aria-live="polite">
          {value === undefined
            ? 'Loading…'
            : `${plural(value.tools.length, 'tool')}, ${plural(value.clients, 'client')}`}
        </p>
        {value !== undefined && <ContextCost list={value} />}
      </div>
      {failure !== undefined && recording.failure === undefined && <Notice kind="error">{failure}</Notice>}
      {value?.tools.length === 0 && (
        <div class="empty">
          <h2>No tool</h2>
          <p>In this range no tool was listed or called.</p>
        </div>
      )}
      {value !== undefined && value.tools.length > 0 && (
        <div class={isLoading ? 'refreshing card' : 'card'}>
          <DataTable<ApiTool>
            caption="Tools"
            columns={toolColumns(view.toolOpen, toggle)}
            rows={value.tools}
            rowKey={({ name }) => name}
            sort={view.toolSort}
            order={view.toolOrder}
            onSort={sortBy}
            below={({ name }) => (view.toolOpen.includes(name) ? <ToolClients name={name} /> : undefined)}
          />
        </div>
      )}
    </>
  );
}
