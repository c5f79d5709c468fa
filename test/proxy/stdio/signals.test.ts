import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { killChildren, startChild } from '../../support/child.ts';

afterEach(killChildren);

const PROGRAM = join(__dirname, 'programs/signals.ts');

async function passed(place: string): Promise<string[]> {
  const child = startChild(PROGRAM, { args: [place], nodeOptions: ['--import', 'tsx'] });
  await child.until(() => child.stdout().includes('ready'));
  for (let seen = 1; seen <= 2; seen += 1) {
    child.kill('SIGINT');
    await child.until(() => child.stdout().split('seen').length > seen);
  }
  child.kill('SIGTERM');
  await child.until(() => child.stdout().includes('SIGTERM'));
  child.kill('SIGTERM');
  const { stdout } = await child.exited;
  return stdout.split('\n').filter((line) => line.startsWith('SIG'));
}

test('every signal is passed on', async () => {
  expect(await passed('elsewhere')).toEqual(['SIGINT', 'SIGINT', 'SIGTERM', 'SIGTERM']);
});

test('in front of a terminal, which sends its first Ctrl-C to the server itself, the second is passed on', async () => {
  expect(await passed('in front')).toEqual(['SIGINT', 'SIGTERM', 'SIGTERM']);
});
