import type { Case } from './check.ts';
import { OPERATIONS_CASES } from './operations.ts';
import { PROCESSES_CASES } from './processes.ts';
import { SESSION_CASES } from './session.ts';
import { SESSIONS_CASES } from './sessions.ts';

/** What every panel of every dashboard must show. */
export const CASES: readonly Case[] = [
  ...SESSIONS_CASES,
  ...SESSION_CASES,
  ...OPERATIONS_CASES,
  ...PROCESSES_CASES,
];
