import type { SessionSort } from '../../server/api.ts';

export interface Column {
  readonly id: SessionSort;
  readonly label: string;
  readonly isNumber?: boolean;
}

/** The columns of the sessions table, in order. */
export const COLUMNS: readonly Column[] = [
  { id: 'session', label: 'Session' },
  { id: 'client', label: 'Client' },
  { id: 'started', label: 'Started' },
  { id: 'duration', label: 'Duration', isNumber: true },
  { id: 'calls', label: 'Calls', isNumber: true },
  { id: 'errors', label: 'Errors', isNumber: true },
  { id: 'status', label: 'Status' },
  { id: 'tools', label: 'Tools' },
];
