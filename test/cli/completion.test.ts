import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';
import { runCli } from './support.ts';

const COMMANDS = [
  ...['ui', 'run', 'proxy', 'sessions', 'dashboards', 'doctor', 'replay', 'mcp', 'wrap', 'unwrap'],
  ...['completion', 'help'],
];
const CASES: [typed: string, offered: string[]][] = [
  ['', COMMANDS],
  ['se', ['sessions']],
  ['sessions --s', ['--session', '--search', '--service', '--status', '--since', '--sort']],
  ['sessions --status ', ['active', 'ended', 'lost']],
  ['sessions --status=e', ['ended']],
  ['sessions --client ui --li', ['--limit']],
  ['sessions --client dashboards --sort cl', ['client']],
  ['dashboards ', ['list', 'export', 'import', 'help']],
  ['dashboards import --tr', ['--traces']],
  ['dashboards export --traces ', ['clickhouse', 'tempo']],
  ['completion ', ['bash', 'zsh', 'fish']],
  ['help wr', ['wrap']],
  ['wrap --client cl', ['claude-desktop', 'claude-code']],
  ['ui --port ', []],
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sessionscope-completion-'));
});
afterAll(() => removeFolderSync(folder));

/** The file with the script for a shell. */
async function scriptFor(shell: string): Promise<string> {
  const { code, stdout } = await runCli(['completion', shell]);
  expect(code).toBe(0);
  const file = join(folder, `script.${shell}`);
  writeFileSync(file, stdout);
  return file;
}

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['--version']).status === 0;
}

/** What a shell prints, in lines. */
function linesOf(shell: string, args: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, args, { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

/** As bash takes a line apart. */
const ASK_BASH = `
source "$1"
COMP_WORDS=(mcp-sessionscope) words="$2"
for word in \${words//=/ = }; do COMP_WORDS+=("$word"); done
[[ $words == *' ' || $words == '' ]] && COMP_WORDS+=('')
COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
_mcp_sessionscope
printf '%s\\n' "\${COMPREPLY[@]}"`;

describe('bash', () => {
  test.each(CASES)('offers behind %p what can stand there', async (typed, offered) => {
    const script = await scriptFor('bash');
    expect(linesOf('bash', ['--norc', '-c', ASK_BASH, 'bash', script, typed])).toEqual(offered);
  });

  test('leaves files and what starts a server to the shell', async () => {
    const script = await scriptFor('bash');
    for (const typed of ['sessions --dir ', 'replay ', 'run -- ', 'run --name x -- ui --'])
      expect(linesOf('bash', ['--norc', '-c', ASK_BASH, 'bash', script, typed])).toEqual([]);
    const registered = linesOf('bash', ['--norc', '-c', 'source "$1"; complete -p', 'bash', script]);
    expect(registered).toEqual(['complete -o default -F _mcp_sessionscope mcp-sessionscope']);
  });
});

if (isInstalled('fish')) {
  describe('fish', () => {
    test.each(CASES)('offers behind %p what can stand there', async (typed, offered) => {
      const script = await scriptFor('fish');
      const ask = 'source $argv[1]; complete -C "mcp-sessionscope $argv[2]"';
      const lines = linesOf('fish', ['--no-config', '-c', ask, script, typed]);
      const words = lines.map((line) => (line.split('\t')[0] as string).replace(/^--status=/, ''));
      expect(words.sort()).toEqual([...offered].sort());
    });
  });
}

if (isInstalled('zsh')) {
  describe('zsh', () => {
    /** What the functions of zsh are given, which fill the line when it is at a terminal. */
    const ASK_ZSH = `
      compdef() { : }
      _describe() { print -l -- "\${(@P)2}" }
      _files() { print files }
      _default() { print files }
      _message() { : }
      compset() { PREFIX=\${PREFIX#*=} }
      source $1
      words=(mcp-sessionscope "\${(@s: :)2}") CURRENT=$#words PREFIX=$words[-1]
      _mcp_sessionscope`;

    test.each(CASES)('offers behind %p what can stand there', async (typed, offered) => {
      const script = await scriptFor('zsh');
      const prefix = /[^\s=]*$/.exec(typed)?.[0] as string;
      const words = linesOf('zsh', ['-f', '-c', ASK_ZSH, 'zsh', script, typed]).map(
        (line) => line.split(':')[0] as string,
      );
      expect(
        words.filter((word) => word.startsWith(prefix) && (prefix !== '' || !word.startsWith('-'))),
      ).toEqual(offered);
    });

    test('offers files where a path is taken, and behind --', async () => {
      const script = await scriptFor('zsh');
      for (const typed of ['sessions --dir ', 'replay ', 'run -- '])
        expect(linesOf('zsh', ['-f', '-c', ASK_ZSH, 'zsh', script, typed])).toEqual(['files']);
    });
  });
}

test('another shell is not known, which is said', async () => {
  const { code, stderr } = await runCli(['completion', 'csh']);
  expect(code).toBe(2);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish.');
});
