import { spawnSync } from 'node:child_process';
import fs, {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
// Loaded before the disk is full: what the test runner compiles, it writes to its cache.
import '../../../src/cli/wrap/run.ts';
import { removeFolderSync } from '../../../tools/support/remove-folder.ts';
import { startChild } from '../../support/child.ts';
import { runCli } from '../support.ts';

const MAIN = join(__dirname, '../../../src/cli/main.ts');
const TEXT = '{"mcpServers": {"a": {"command": "uvx", "args": ["x"]}}}\n';
const WRAPPED = /"run", "--", "uvx", "x"\]/;

let home: string;
let file: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'sessionscope-wrap-files-')));
  file = write('mcp.json');
});
afterEach(() => {
  jest.restoreAllMocks();
  removeFolderSync(home);
});

function write(path: string, text = TEXT): string {
  const whole = join(home, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

const read = (path: string): string => readFileSync(path, 'utf8');
const cli = (...argv: string[]) => runCli([...argv, '--yes'], { homedir: () => home });

/** What the disk says from then on, when half of what is given has been written. */
function fillDisk(): void {
  jest.spyOn(fs, 'writeSync').mockImplementation((descriptor, bytes) => {
    fs.writevSync(descriptor, [(bytes as unknown as Buffer).subarray(0, bytes.length / 2)]);
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  });
}

describe('a full disk', () => {
  test('leaves the file as it is, and no half of a backup', async () => {
    fillDisk();
    expect(await cli('wrap', file)).toMatchObject({
      code: 1,
      stderr: `mcp-sessionscope: cannot write ${file}: ENOSPC\n`,
    });
    expect(read(file)).toBe(TEXT);
    expect(readdirSync(home)).toEqual(['mcp.json']);
  });
});

describe('a run that was killed', () => {
  test('leaves what it was about to write, which the next one removes when nobody can be writing it any more', async () => {
    const [old, recent] = [
      '0b0e7c1a-1111-4222-8333-444444444403',
      '0b0e7c1a-1111-4222-8333-444444444404',
    ].map((id) => write(`mcp.json.${id}.tmp`)) as [string, string];
    utimesSync(old, new Date(0), new Date(0));
    const others = write('mcp.json.tmp');
    utimesSync(others, new Date(0), new Date(0));
    expect((await cli('wrap', file)).code).toBe(0);
    expect(
      readdirSync(home)
        .map((name) => join(home, name))
        .sort(),
    ).toEqual([file, recent, others, `${file}.sessionscope-backup`].sort());
  });
});

describe('two at once', () => {
  test('change the file once, keep it once, and who comes late is told', async () => {
    const runs = await Promise.all(
      Array.from(
        { length: 4 },
        () => startChild(MAIN, { nodeOptions: ['--import', 'tsx'], args: ['wrap', file, '--yes'] }).exited,
      ),
    );
    for (const { code, stderr } of runs) {
      expect(stderr).toMatch(/^$|has been changed meanwhile: run the same command again\n$/);
      expect(code).toBe(stderr === '' ? 0 : 1);
    }
    expect(read(file)).toMatch(WRAPPED);
    expect(read(file).match(/"run"/g)).toHaveLength(1);
    expect(read(`${file}.sessionscope-backup`)).toBe(TEXT);
    expect(readdirSync(home).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, 20_000);
});

describe('the names of a file', () => {
  test('that are links of one client to the same file have it changed once', async () => {
    const shared = write('dotfiles/mcp.json');
    for (const name of ['.gemini/settings.json', '.gemini/config/mcp_config.json']) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      symlinkSync(shared, join(home, name));
    }
    const { code, stdout, stderr } = await cli('wrap', '--client', 'gemini-cli');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^changed/gm)).toHaveLength(1);
    expect(read(shared)).toMatch(WRAPPED);
  });

  test('that are hard links would part: it is left', async () => {
    linkSync(file, join(home, 'other.json'));
    const { code, stderr } = await cli('wrap', file);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('a hard link') });
    expect(read(file)).toBe(TEXT);
  });

  test('of a backup that lead nowhere are not followed', async () => {
    symlinkSync(join(home, 'nowhere'), `${file}.sessionscope-backup`);
    expect((await cli('wrap', file)).code).toBe(0);
    expect(read(`${file}.sessionscope-backup-1`)).toBe(TEXT);
    expect(readdirSync(home)).not.toContain('nowhere');
  });

  test('that are of a pipe or a folder are refused, and nobody waits for them', async () => {
    const pipe = join(home, 'pipe.json');
    spawnSync('mkfifo', [pipe]);
    for (const path of [pipe, home])
      expect(await cli('wrap', path)).toMatchObject({
        code: 1,
        stderr: `mcp-sessionscope: ${path} is no file\n`,
      });
  });
});

test('one that cannot be written does not keep the others of its client from being changed', async () => {
  const first = write('.gemini/settings.json');
  const second = write('.gemini/config/mcp_config.json');
  linkSync(first, join(home, 'other.json'));
  const { code, stderr } = await cli('wrap', '--client', 'gemini-cli');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(first) });
  expect(read(first)).toBe(TEXT);
  expect(read(second)).toMatch(WRAPPED);
});

describe('unwrap, after the file was changed by hand', () => {
  const unwrapped = async (change: (text: string) => string): Promise<unknown> => {
    await cli('wrap', file);
    writeFileSync(file, change(read(file)));
    await cli('unwrap', file);
    return JSON.parse(read(file)).mcpServers;
  };

  test.each<[string, (text: string) => string, unknown]>([
    ['a server renamed', (text) => text.replace('"a"', '"b"'), { b: { command: 'uvx', args: ['x'] } }],
    [
      'a server copied',
      (text) => text.replace(/("a": )(\{.*?\})/, '$1$2, "b": $2'),
      { a: { command: 'uvx', args: ['x'] }, b: { command: 'uvx', args: ['x'] } },
    ],
    [
      'members in another order',
      (text) => {
        const { command, args } = JSON.parse(text).mcpServers.a;
        return JSON.stringify({ mcpServers: { a: { args, command } } }, null, '\t');
      },
      { a: { command: 'uvx', args: ['x'] } },
    ],
    ['its arguments gone', (text) => text.replace(', "x"]', ']'), { a: { command: 'uvx' } }],
    [
      'another start and options of run',
      (text) =>
        text.replace(
          /"npx", "args": \[.*?"run"/,
          '"node", "args": ["/opt/mcp-sessionscope/dist/cli.js", "run", "--name", "n"',
        ),
      { a: { command: 'uvx', args: ['x'] } },
    ],
    [
      'the lines of Windows',
      (text) => `${JSON.stringify(JSON.parse(text), null, 2).replaceAll('\n', '\r\n')}`,
      { a: { command: 'uvx', args: ['x'] } },
    ],
  ])('%s: each server becomes what it was, and is no more ours', async (_, change, expected) => {
    expect(await unwrapped(change)).toEqual(expected);
  });
});
