import { mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { version } from '../../package.json';
import { parseDuration, parseTime } from '../../src/cli/commands/option-values.ts';
import { defaultRecordingDir } from '../../src/sdk/export/recording-dir.ts';
import { NOW, WEATHER, withRecording } from '../explorer/support.ts';
import { runCli } from './support.ts';

describe('help and version', () => {
  test('go to stdout and end with 0', async () => {
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    const help = await runCli(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('sessions [options] [path]');
    const sessions = await runCli(['sessions', '--help']);
    expect(sessions).toMatchObject({ code: 0, stderr: '' });
    for (const option of [
      '--session',
      '--json',
      '--client',
      '--tool',
      '--status',
      '--since',
      '--errors',
      '--limit',
      '--lost-after',
      '--all',
    ]) {
      expect(sessions.stdout).toContain(option);
    }
  });

  test('are given by the command `help` too', async () => {
    expect(await runCli(['help'])).toEqual(await runCli(['--help']));
    expect(await runCli(['help', 'sessions'])).toEqual(await runCli(['sessions', '--help']));
    const exported = await runCli(['dashboards', 'export', '--help']);
    expect(await runCli(['help', 'dashboards', 'export'])).toEqual(exported);
    expect(await runCli(['dashboards', 'help', 'export'])).toEqual(exported);
  });

  test('without a command the help goes to stderr, and the exit code is 2', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: mcp-sessionscope');
  });
});

describe('a wrong question', () => {
  test.each([
    [['--status', 'open'], 'Allowed choices are active, ended, lost.'],
    [['--since', 'yesterday'], 'Give a duration such as 15m, 2h or 7d, or a time such as'],
    [['--since', '2026-13-45'], 'Give a duration such as 15m, 2h or 7d, or a time such as'],
    [['--limit', '0'], 'Give a whole number from 1.'],
    [['--limit', '1.5'], 'Give a whole number from 1.'],
    [['--lost-after', '10'], 'Give a duration such as 30s, 15m, 2h, 7d or 1w.'],
    [['--client', ''], 'Give some text.'],
    [['--colour'], "unknown option '--colour'"],
    [['--session', 'a', '--errors'], "cannot be used with option '--errors'"],
    [['--all'], '--all goes with --session ID'],
    [['second-path'], 'too many arguments'],
  ])('%j ends with 2 and says what is accepted', async (options, message) => {
    const { code, stdout, stderr } = await runCli(['sessions', WEATHER, ...options]);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('an unknown command ends with 2', async () => {
    const { code, stderr } = await runCli(['session']);
    expect(code).toBe(2);
    expect(stderr).toContain("unknown command 'session'");
  });

  test.each([
    [['doctr'], "unknown command 'doctr'", 'Did you mean doctor?'],
    [
      ['doctor', '--endpont', 'http://localhost:4318'],
      "unknown option '--endpont'",
      'Did you mean --endpoint?',
    ],
    [['dashboards', 'exprt'], "unknown command 'exprt'", 'Did you mean export?'],
    [['help', 'nope'], "unknown command 'nope'", ''],
    [['help', 'doctr'], "unknown command 'doctr'", 'Did you mean doctor?'],
    [['dashboards', 'help', 'exprt'], "unknown command 'exprt'", 'Did you mean export?'],
    [['help', 'dashboards', 'exprt'], "unknown command 'exprt'", 'Did you mean export?'],
    [['help', 'sessions', 'weather'], "'sessions' has no command 'weather'", ''],
  ])('%j ends with 2 and a suggestion, without the whole help', async (argv, what, suggestion) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`error: ${what}`);
    expect(stderr).toContain(suggestion);
    expect(stderr).not.toContain('Usage:');
  });

  test('does not bring control characters of the arguments back to the terminal', async () => {
    const { stderr } = await runCli(['sessions', WEATHER, '--status', '\u001b[2J']);
    expect(stderr).toContain('\\x1b[2J');
    expect(stderr).not.toContain('\u001b');
  });
});

describe('nothing to read', () => {
  test('ends with 1 and says how to record, where the folder is missing', async () => {
    const folder = join(tmpdir(), 'nobody', '.mcp-sessionscope');
    const { code, stdout, stderr } = await runCli(['sessions']);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(`mcp-sessionscope: there is no ${folder}\n`);
    expect(stderr).toContain("instrumentServer(server, { exporterType: 'file' })");
  });

  test('ends with 1 and says how to record, where the folder holds no recording', async () => {
    await withRecording({ 'x.metrics.jsonl': '{}', 'notes.txt': '' }, async (dir) => {
      mkdirSync(join(dir, 'folder.traces.jsonl'));
      const { code, stderr } = await runCli(['sessions', dir, '--json']);
      expect(code).toBe(1);
      expect(stderr).toContain(`there is no recording in ${dir}\n`);
      expect(stderr).toContain("exporterType: 'file'");
    });
  });

  test('ends with 1 and the reason where the path cannot be read', async () => {
    const path = join(WEATHER, 'notes.txt', 'below');
    const { code, stderr } = await runCli(['sessions', path]);
    expect(code).toBe(1);
    expect(stderr).toContain(`mcp-sessionscope: cannot read ${path}: ENOTDIR`);
  });

  test('is no failure where there are files without sessions', async () => {
    await withRecording({ 'x.traces.jsonl': '' }, async (dir) => {
      const { code, stdout, stderr } = await runCli(['sessions', dir]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toBe(`mcp-sessionscope: no MCP session is recorded in ${dir}\n`);
    });
  });
});

describe('the default folder', () => {
  test('is the one that the environment names, else one in the home folder', () => {
    const home = () => '/home/someone';
    expect(defaultRecordingDir({ MCP_SESSIONSCOPE_DIR: '/var/rec' }, home)).toBe('/var/rec');
    expect(defaultRecordingDir({ MCP_SESSIONSCOPE_DIR: '' }, home)).toBe('/home/someone/.mcp-sessionscope');
    expect(defaultRecordingDir({}, home)).toBe('/home/someone/.mcp-sessionscope');
    expect(defaultRecordingDir({})).toBe(join(homedir(), '.mcp-sessionscope'));
  });

  test('needs no home folder where the environment names one', () => {
    const homeless = () => {
      throw new Error('no such user');
    };
    expect(defaultRecordingDir({ MCP_SESSIONSCOPE_DIR: '/var/rec' }, homeless)).toBe('/var/rec');
  });
});

describe('durations and times', () => {
  test('are understood in the usual units', () => {
    expect(['30s', '15m', '15min', '2h', '1.5h', '7d', '1w', ' 2 H '].map(parseDuration)).toEqual([
      30_000, 900_000, 900_000, 7_200_000, 5_400_000, 604_800_000, 604_800_000, 7_200_000,
    ]);
  });

  test('are counted back from now, or taken as they are', () => {
    expect(parseTime('2h', NOW)).toBe(NOW - 7_200_000);
    expect(parseTime('2026-11-20T13:30:00Z', NOW)).toBe(NOW);
    expect(parseTime('2026-11-20T14:30:00+01:00', NOW)).toBe(NOW);
    // Without a zone they are local, dates too.
    expect(parseTime('2026-11-20', NOW)).toBe(new Date(2026, 10, 20).getTime());
    expect(parseTime('2026-11-20 14:00', NOW)).toBe(new Date(2026, 10, 20, 14).getTime());
  });
});
