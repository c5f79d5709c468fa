import type { Visit } from './visit.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d:?\d\d))?/g;
const PORT = /(127\.0\.0\.1|localhost|\[::1\]):\d+/g;
const MILLISECONDS = /\b\d+(\.\d+)? ?m?s\b/g;

/** What another server, or the same one observed, answered otherwise; times and random ids count for nothing. */
export function differences(bare: Visit, observed: Visit): string[] {
  const [before, after] = [answersOf(bare), answersOf(observed)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((step) => before.get(step) !== after.get(step))
    .map((step) => `${step}: ${around(after.get(step), before.get(step))}`);
}

function answersOf({ answers, noise }: Visit): Map<string, string> {
  const all = new Map([...answers, ['what is no message', JSON.stringify(noise)]]);
  for (const [step, answer] of all) all.set(step, withoutChance(answer ?? ''));
  return all;
}

function withoutChance(answer: string): string {
  return answer
    .replace(UUID, '<uuid>')
    .replace(TIME, '<time>')
    .replace(PORT, '$1:<port>')
    .replace(MILLISECONDS, '<duration>');
}

const SHOWN = 80;

/** Both from a little before where they part. */
function around(found = 'nothing', expected = 'nothing'): string {
  let at = 0;
  while (at < found.length && found[at] === expected[at]) at += 1;
  const from = Math.max(0, at - 20);
  return `…${found.slice(from, from + SHOWN)}… instead of …${expected.slice(from, from + SHOWN)}…`;
}
