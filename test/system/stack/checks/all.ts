import type { Form } from '../../../../tools/dashboards/form.ts';
import type { Case } from './check.ts';
import { OPERATIONS_CASES } from './operations.ts';
import { PROCESSES_CASES } from './processes.ts';
import { SESSION_CASES } from './session.ts';
import { SESSIONS_CASES } from './sessions.ts';

const CASES: readonly Case[] = [...SESSIONS_CASES, ...SESSION_CASES, ...OPERATIONS_CASES, ...PROCESSES_CASES];

/** What every panel of every dashboard of a form must show. */
export function casesOf(form: Form): readonly Case[] {
  return CASES.filter(({ only }) => only === undefined || only === form);
}
