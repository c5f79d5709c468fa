import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Facts } from './checks/check.ts';
import { readDashboards } from './dashboards.ts';
import type { Responses } from './panels/backends.ts';
import type { ProcessTruth, Truth } from './traffic/truth.ts';

const FOLDER = fileURLToPath(new URL('../../test/dashboards/recorded/', import.meta.url));
const TRUTH = `${FOLDER}truth.json`;
const RESPONSES = `${FOLDER}responses.json`;

/** Writes what `npm test` evaluates the panels from. */
export function writeRecording(
  { truth, view }: Facts,
  responses: Responses,
  updateIntervalS: number,
): string {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(
    TRUTH,
    `${JSON.stringify({ view, updateIntervalS, from: truth.from, to: truth.to, processes: truth.processes }, undefined, 1)}\n`,
  );
  const sorted = Object.fromEntries(Object.entries(responses).sort(([a], [b]) => (a < b ? -1 : 1)));
  const lines = Object.entries(sorted).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  writeFileSync(RESPONSES, `{\n${lines.join(',\n')}\n}\n`);
  return FOLDER;
}

/** Reads it again. */
export function readRecording(): { facts: Facts; responses: Responses; updateIntervalS: number } {
  const { view, updateIntervalS, from, to, processes } = JSON.parse(readFileSync(TRUTH, 'utf8'));
  const sessions = processes.flatMap((process: ProcessTruth) => process.sessions);
  const truth: Truth = { from, to, sessions, processes };
  const facts = { truth, view, ids: new Map(), linked: new Map(), dashboards: readDashboards() };
  return { facts, updateIntervalS, responses: JSON.parse(readFileSync(RESPONSES, 'utf8')) };
}
