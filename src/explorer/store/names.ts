import { splitNames } from '../../sdk/protocol/names.ts';
import type { StoreState } from './answers.ts';
import type { SessionTable } from './session-table.ts';
import type { SpanIndex } from './span-index.ts';

const MAX_NAMES = 1_000;

export type Names = Pick<StoreState, 'services' | 'clients' | 'tools'>;

/** The names that sessions can be chosen by. */
export function namesIn(index: SpanIndex, table: SessionTable): Names {
  const services = new Set<string>();
  const clients = new Set<string>();
  const tools = new Set<string>();
  for (const number of table.newestFirst()) {
    const known = table.peek(number);
    if (known === undefined) continue;
    for (const service of known.services) services.add(service);
    if (known.row.clientName !== undefined) clients.add(known.row.clientName);
    for (const tool of known.row.tools) tools.add(tool);
  }
  for (let list = 2; list < index.toolLists.size; list += 1)
    for (const name of splitNames(index.toolLists.textOf(list)).names) tools.add(name);
  return { services: firstOf(services), clients: firstOf(clients), tools: firstOf(tools) };
}

function firstOf(names: ReadonlySet<string>): string[] {
  return [...names].sort().slice(0, MAX_NAMES);
}
