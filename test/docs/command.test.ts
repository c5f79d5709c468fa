import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CHECKS } from '../../src/cli/doctor/check.ts';
import { runCli } from '../cli/support.ts';

const page = readFileSync(join(__dirname, '../../docs/command.md'), 'utf8');

/** The part of the page below a heading of the second level. */
function sectionOf(command: string): string {
  return page.split(/^## /m).find((section) => section.startsWith(`${command}\n`)) ?? '';
}

describe('docs/command.md', () => {
  test('has a section for every command', async () => {
    const { stdout } = await runCli(['--help']);
    const commands = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z]+) /gm)].map(
      ([, name]) => name as string,
    );
    expect(commands).toEqual([
      'ui',
      'run',
      'proxy',
      'sessions',
      'dashboards',
      'doctor',
      'replay',
      'mcp',
      'wrap',
      'unwrap',
      'completion',
      'help',
    ]);
    for (const command of commands.slice(0, -1)) expect(sectionOf(command)).not.toBe('');
  });

  test.each([
    'ui',
    'run',
    'proxy',
    'doctor',
    'replay',
    'mcp',
    'wrap',
    'unwrap',
    'dashboards list',
    'dashboards export',
    'dashboards import',
  ])('has a row for every option and argument of %s', async (command) => {
    const { code, stdout, stderr } = await runCli([...command.split(' '), '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const section = sectionOf(command.split(' ')[0] as string);
    const listed = stdout.matchAll(/^ {2}(?:-[a-z], )?(--[a-z-]+(?: <[a-z:=]+>)?) /gm);
    const options = [...listed].map(([, option]) => option as string).filter((name) => name !== '--help');
    const [, usage] = /^Usage: (.*)$/m.exec(stdout) ?? [];
    const argumentNames = [...(usage ?? '').matchAll(/<[a-z]+>/g)].map(([name]) => name);
    expect(options.length).toBeGreaterThan(0);
    for (const name of [...options, ...argumentNames]) expect(section).toContain(`| \`${name}\` |`);
  });

  test('names every check of doctor', () => {
    const rows = sectionOf('doctor')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    for (const check of CHECKS) expect(rows.join('\n')).toContain(`\`${check}\``);
  });
});
