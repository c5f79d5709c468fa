import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cut, widthOf, wrap } from '../../src/cli/terminal/width.ts';
import { visible } from '../../src/explorer/text/visible.ts';
import { ACTS_ON_TERMINALS, FIXTURES, WEATHER } from '../explorer/support.ts';
import { runCli } from './support.ts';

const HOSTILE = join(FIXTURES, 'hostile');
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const COLOURS = /\u001b\[\d+m/g;
const tty = (columns: number | undefined, env = {}) => ({ isTTY: true, columns, env });

describe('on a terminal', () => {
  test.each([36, 40, 60, 72, 80, 100, 120, 200])('of %i columns no line is wider', async (columns) => {
    for (const argv of [
      ['sessions', WEATHER],
      ['sessions', HOSTILE],
      ['sessions', WEATHER, '--session', '3f2a9c1b-6'],
      ['sessions', HOSTILE, '--session', 'evil'],
    ]) {
      const { stdout } = await runCli(argv, tty(columns));
      const widest = Math.max(...stdout.split('\n').map((line) => widthOf(line.replace(COLOURS, ''))));
      expect(widest).toBeLessThanOrEqual(columns);
    }
  });

  test('columns that find no room are named', async () => {
    const { stdout } = await runCli(['sessions', WEATHER], tty(60));
    expect(stdout).toContain('Too narrow for: Duration, Tools.');
    expect(stdout).toContain('~d15ea5e0');
  });

  test('errors stand under their events where it is narrow', async () => {
    const { stdout } = await runCli(
      ['sessions', WEATHER, '--session', '3f2a9c1b-6'],
      tty(60, { NO_COLOR: '1' }),
    );
    expect(stdout).toContain(' error\n    PaymentError: card declined\n    arguments {"amount":12');
  });

  test('of unknown width there are 80 columns', async () => {
    const [unknown, eighty] = await Promise.all(
      [undefined, 80].map((columns) => runCli(['sessions', WEATHER], tty(columns))),
    );
    expect(unknown).toEqual(eighty);
  });

  test('wide characters keep the columns straight', async () => {
    const { stdout } = await runCli(['sessions', WEATHER], tty(120, { NO_COLOR: '1' }));
    const columns = stdout
      .split('\n')
      .slice(0, 5)
      .map((line) => {
        const at = line.search(/protocol|inferred|connection|Source/);
        return widthOf(line.slice(0, at));
      });
    expect(new Set(columns).size).toBe(1);
  });

  test('errors are red, active sessions green, ended dim, lost yellow', async () => {
    const { stdout } = await runCli(['sessions', WEATHER], tty(120));
    expect(stdout).toContain('\u001b[31m2\u001b[39m');
    expect(stdout).toContain('\u001b[32mactive\u001b[39m');
    expect(stdout).toContain('\u001b[2mended\u001b[22m');
    expect(stdout).toContain('\u001b[33mlost\u001b[39m');
    expect(stdout).not.toContain('\u001b[31m0');
  });

  test('a long error is broken into lines of its column', async () => {
    const { stdout } = await runCli(
      ['sessions', WEATHER, '--session', '3f2a9c1b-6'],
      tty(72, { NO_COLOR: '1' }),
    );
    expect(stdout).toMatch(/ {2}PaymentError: card\n {52}declined\n/);
  });
});

describe('colour', () => {
  test.each([
    ['a terminal', { isTTY: true, env: {} }, true],
    ['a pipe', { isTTY: false, env: {} }, false],
    ['a terminal with NO_COLOR', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['a terminal with an empty NO_COLOR', { isTTY: true, env: { NO_COLOR: '' } }, true],
    ['a pipe with FORCE_COLOR', { isTTY: false, env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, true],
    ['a terminal with FORCE_COLOR=0', { isTTY: true, env: { FORCE_COLOR: '0' } }, false],
    ['a dumb terminal', { isTTY: true, env: { TERM: 'dumb' } }, false],
  ])('on %s is as expected', async (_, io, expected) => {
    const { stdout } = await runCli(['sessions', WEATHER], { columns: 120, ...io });
    expect(stdout.includes('\u001b[')).toBe(expected);
  });
});

describe('hostile text', () => {
  test('never reaches the terminal as it is, neither in tables nor in JSON nor in messages', async () => {
    const runs = await Promise.all([
      runCli(['sessions', HOSTILE]),
      runCli(['sessions', HOSTILE, '--session', 'evil']),
      runCli(['sessions', HOSTILE, '--json']),
      runCli(['sessions', HOSTILE, '--session', 'evil', '--json']),
      runCli(['sessions', HOSTILE, '--session', '\u001b[31mx']),
    ]);
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toMatch(ACTS_ON_TERMINALS);
    expect(runs[0]!.stdout).toContain('\\x1b]0;owned\\x07\\u202egnp.exe\\u2066 1\\r\\n2\\x9b31m');
    expect(runs[1]!.stdout).toContain('tool_error: \\x1b[2Jgone\\u2028line \\u200bzero');
  });

  test('is whole in JSON', async () => {
    const [row] = JSON.parse((await runCli(['sessions', HOSTILE, '--json'])).stdout);
    expect(row.clientName).toBe('\u001b]0;owned\u0007\u202egnp.exe\u2066');
    expect(row.tools).toEqual(['rm\u001b[2J -rf\nactive']);
  });
});

describe('text', () => {
  test('is cut to a width with an ellipsis, never inside a character', () => {
    expect(cut('get_weather', 8)).toBe('get_wea…');
    expect(cut('日本語', 4)).toBe('日…');
    expect(cut('👩‍💻👩‍💻👩‍💻', 5)).toBe('👩‍💻👩‍💻…');
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abc', 0)).toBe('');
  });

  test('is wrapped within the width and the number of lines', () => {
    expect(wrap('one two three', 7, 8)).toEqual(['one two', 'three']);
    expect(wrap('one two three four', 7, 2)).toEqual(['one two', 'three …']);
    expect(wrap('abcdefghij', 4, 8)).toEqual(['abcd', 'efgh', 'ij']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 20 }), (text, width) => {
        const lines = wrap(visible(text), width, 4);
        return lines.length <= 4 && lines.every((line) => widthOf(line) <= width);
      }),
    );
  });
});
