import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Check } from '../../../../tools/support/checks.ts';
import { BATCH_ROWS, batchesIn, faultOf, INSERT, type Inserted, insertUntil } from './batches.ts';
import { type Program, startProgram } from './program.ts';

/** How a program ends in the middle of inserts. */
interface Ending {
  name: string;
  /** Of the names of its batches. */
  prefix: string;
  /** How many batches are acknowledged by then. */
  after: number;
  end(program: Program): Promise<void>;
}

const INSERTERS = 4;
const ENDINGS: readonly Ending[] = [
  ...[1, 8, 20].map((after) => ({
    name: `killed in mid-insert after ${after}`,
    prefix: `killed-${after}-`,
    after,
    end: (program: Program) => program.kill(),
  })),
  { name: 'SIGTERM during inserts', prefix: 'ended', after: 8, end: (program) => program.end() },
];

/** Ends the server while batches go in, starts it again on the same data, and looks for what was acknowledged. */
export async function checkCrashes(engine: string, data: string): Promise<Check[]> {
  const checks: Check[] = [];
  for (const ending of ENDINGS) checks.push(await checkEnding(engine, data, ending));
  checks.push(await checkHalfSent(engine, data));
  return checks;
}

/** A client that stops in the middle of its rows, and stays. */
async function checkHalfSent(engine: string, data: string): Promise<Check> {
  const program = await startProgram(engine, data);
  const url = new URL(`?${new URLSearchParams({ query: INSERT })}`, program.url);
  const sent = request(url, { method: 'POST', headers: { 'content-length': 1000 } });
  const lost = once(sent, 'error');
  sent.write('{');
  while ((await readdir(join(data, 'incoming'))).length === 0) await program.ask('SELECT sleep(0.05)');
  await program.end();
  sent.destroy();
  await lost;
  const { exitCode, signalCode } = program.child;
  return {
    name: 'SIGTERM ends the server also while a body is half sent',
    ok: exitCode === 143 && program.words().trimEnd().endsWith('stopped'),
    found: `${signalCode ?? exitCode}`,
  };
}

async function checkEnding(engine: string, data: string, ending: Ending): Promise<Check> {
  const before = await startProgram(engine, data);
  let ended: Promise<void> | undefined;
  // The inserters go on until the program does not answer any more.
  const inserted = await insertUntil(before, { prefix: ending.prefix, inserters: INSERTERS }, (so) => {
    if (so.acknowledged.length >= ending.after) ended ??= ending.end(before);
    return false;
  });
  await ended;
  const again = await startProgram(engine, data);
  const table = await batchesIn(again);
  const left = await readdir(join(data, 'incoming'));
  await again.end();
  const own = new Map([...table].filter(([name]) => name.startsWith(ending.prefix)));
  const fault =
    faultOf(table, inserted.acknowledged) ?? (left.length > 0 ? `${left.length} files are left` : undefined);
  return {
    name: `${ending.name}: what was acknowledged is there, in whole batches`,
    ok: fault === undefined,
    found: fault ?? foundOf(own, inserted, before),
  };
}

function foundOf(own: ReadonlyMap<string, number>, { acknowledged }: Inserted, { child }: Program): string {
  const unanswered = own.size - acknowledged.length;
  const code = child.signalCode ?? child.exitCode;
  return `${acknowledged.length} batches of ${BATCH_ROWS} acknowledged, ${unanswered} more there; the server ended with ${code}`;
}
