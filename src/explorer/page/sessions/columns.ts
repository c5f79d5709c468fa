import type { SessionSort } from '../../server/api.ts';
import { usePage } from '../page-context.ts';

export interface Column {
  readonly id: SessionSort;
  readonly label: string;
  readonly isNumber?: boolean;
  /** What else its cells show, to be sorted by. */
  readonly also?: { readonly id: SessionSort; readonly label: string };
}

const SERVER: Column = { id: 'server', label: 'Server' };

/** The columns of the sessions table, in order. */
const COLUMNS: readonly Column[] = [
  { id: 'session', label: 'Session' },
  { id: 'client', label: 'Client' },
  SERVER,
  { id: 'started', label: 'Started' },
  { id: 'duration', label: 'Duration', isNumber: true },
  { id: 'calls', label: 'Calls', isNumber: true },
  { id: 'errors', label: 'Errors', isNumber: true, also: { id: 'error_rate', label: 'Rate' } },
  { id: 'status', label: 'Status' },
  { id: 'tools', label: 'Tools' },
];

const WITHOUT_SERVER = COLUMNS.filter((column) => column !== SERVER);

/** Whether the rows are of several servers. */
export function useHasServers(): boolean {
  const { recording, view } = usePage();
  return view.service === undefined && (recording.state?.services.length ?? 0) > 1;
}

export function useColumns(): readonly Column[] {
  return useHasServers() ? COLUMNS : WITHOUT_SERVER;
}
