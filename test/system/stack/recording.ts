import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Responses } from '../../../tools/dashboards/evaluate/backends.ts';
import type { Form } from '../../../tools/dashboards/form.ts';
import { type Facts, newFacts } from './checks/check.ts';
import { sessionsOf, type Truth } from './traffic/truth.ts';

const FOLDER = fileURLToPath(new URL('../../dashboards/recorded/', import.meta.url));
/** What the clients did, and what the backends answered. */
const filesOf = (form: Form) => ({
  truthFile: `${FOLDER}${form}/truth.json`,
  responsesFile: `${FOLDER}${form}/responses.json`,
});

/** Writes what `npm test` evaluates the panels from. */
export function writeRecording(
  { form, truth, view }: Facts,
  responses: Responses,
  updateIntervalS: number,
): string {
  const { truthFile, responsesFile } = filesOf(form);
  const folder = dirname(truthFile);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    truthFile,
    `${JSON.stringify({ view, updateIntervalS, from: truth.from, to: truth.to, processes: truth.processes }, undefined, 1)}\n`,
  );
  const sorted = Object.fromEntries(Object.entries(responses).sort(([a], [b]) => (a < b ? -1 : 1)));
  const lines = Object.entries(sorted).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  writeFileSync(responsesFile, `{\n${lines.join(',\n')}\n}\n`);
  return folder;
}

/** Reads it again. */
export function readRecording(form: Form): {
  facts: Facts;
  responses: Responses;
  updateIntervalS: number;
} {
  const { truthFile, responsesFile } = filesOf(form);
  const { view, updateIntervalS, from, to, processes } = JSON.parse(readFileSync(truthFile, 'utf8'));
  const truth: Truth = { from, to, sessions: sessionsOf(processes), processes };
  const responses = JSON.parse(readFileSync(responsesFile, 'utf8'));
  return { facts: newFacts(form, truth, view), updateIntervalS, responses };
}
