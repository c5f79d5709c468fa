import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import manifest from '../../../package.json';
import { removeFolderSync } from '../../../tools/support/remove-folder.ts';
import { type CliRun, runCli } from '../support.ts';

const TEXT = `{
  // mine
  "mcpServers": {
    "time": { "command": "uvx", "args": ["mcp-server-time", "--key", "SECRET-ARGUMENT"], "env": { "KEY": "SECRET-VARIABLE" } },
    "docs": { "url": "https://ada:SECRET-PASSWORD@docs.example.com/SECRET-PATH?k=SECRET-QUERY", "headers": { "A": "SECRET-HEADER" } }
  }
}
`;

let home: string;
let file: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'sessionscope-wrap-')));
  file = write('mcp.json', TEXT);
});
afterEach(() => removeFolderSync(home));

function write(path: string, text: string | Buffer): string {
  const whole = join(home, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

const read = (path = file): string => readFileSync(path, 'utf8');

async function cli(argv: string[], answer?: string): Promise<CliRun & { asked: string[] }> {
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return answer!;
  };
  const run = await runCli(argv, { homedir: () => home, ask: answer === undefined ? undefined : ask });
  expect(run.stdout + run.stderr).not.toContain('SECRET');
  return { ...run, asked };
}

describe('wrap', () => {
  test('shows the change, and makes it where the answer is yes', async () => {
    const { code, stdout, stderr, asked } = await cli(['wrap', file], 'y');
    expect({ code, stderr, asked }).toEqual({ code: 0, stderr: '', asked: ['Change this file? [y/N] '] });
    const [major, minor] = manifest.version.split('.');
    const version = major === '0' ? `0.${minor}` : major;
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      file,
      '  time, line 4',
      '  - uvx mcp-server-time --key …',
      `  + npx -y mcp-sessionscope@${version} run -- uvx mcp-server-time --key …`,
      '  docs, line 5: left as it is: it is reached by a URL: --proxy docs=ADDRESS wraps it',
    ]);
    expect(read()).toBe(
      TEXT.replace(
        '"uvx", "args": [',
        `"npx", "args": ["-y", "mcp-sessionscope@${version}", "run", "--", "uvx", `,
      ),
    );
    expect(stdout).toContain(`changed; as it was before: ${file}.sessionscope-backup`);
    expect(read(`${file}.sessionscope-backup`)).toBe(TEXT);
  });

  test.each(['', 'n', 'no', 'yep', 'Y es'])('changes nothing where the answer is %j', async (answer) => {
    const { code, asked } = await cli(['wrap', file], answer);
    expect({ code, asked: asked.length }).toEqual({ code: 0, asked: 1 });
    expect(read()).toBe(TEXT);
    expect(readdirSync(home)).toEqual(['mcp.json']);
  });

  test('changes nothing where nobody can answer, says so and ends with 1', async () => {
    const { code, stdout, stderr } = await cli(['wrap', file]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'mcp-sessionscope: nothing was changed: nobody can be asked here. Give --yes\n',
    });
    expect(stdout).toContain('  + npx');
    expect(read()).toBe(TEXT);
  });

  test('does not ask with --yes, nor for nothing, nor with --dry-run', async () => {
    expect(await cli(['wrap', file, '--dry-run'], 'y')).toMatchObject({ code: 0, asked: [] });
    expect(read()).toBe(TEXT);
    expect(await cli(['wrap', file, '--yes'], 'n')).toMatchObject({ code: 0, asked: [] });
    const once = read();
    const again = await cli(['wrap', file]);
    expect(again).toMatchObject({ code: 0, asked: [], stdout: expect.stringContaining('nothing to wrap') });
    expect(read()).toBe(once);
  });

  test('takes one server, another command, and addresses in place of URLs', async () => {
    const argv = [
      'wrap',
      file,
      '--yes',
      '--server',
      'docs',
      '--command',
      'node /lib/mcp-sessionscope/dist/cli.js',
    ];
    await cli(argv);
    expect(read()).toBe(TEXT);
    const { stdout } = await cli([...argv, '--proxy', 'docs=http://127.0.0.1:4320/mcp']);
    expect(stdout).toContain('  - https://docs.example.com/…\n  + http://127.0.0.1:4320/mcp\n');
    expect(stdout).toContain(
      "    start it with: npx -y mcp-sessionscope proxy --to 'https://docs.example.com/…' --port 4320\n" +
        '    and put in, for https://docs.example.com/…, the URL as the file has it, without user and password\n',
    );
    expect(read()).toContain('"uvx"');
    expect(read()).toContain('"http://127.0.0.1:4320/mcp#');
    await cli(['wrap', file, '--yes', '--command', 'node /lib/mcp-sessionscope/dist/cli.js']);
    expect(read()).toContain(
      '"node", "args": ["/lib/mcp-sessionscope/dist/cli.js", "run", "--", "uvx", "mcp',
    );
    expect(await cli(['unwrap', file, '--yes'])).toMatchObject({ code: 0 });
    expect(read()).toBe(TEXT);
  });

  test('shows a command for the proxy that can be run as it stands', async () => {
    writeFileSync(file, '{"mcpServers": {"docs": {"url": "http://localhost:23001/mcp"}}}');
    const shown = async (address: string, ...argv: string[]) =>
      (await cli(['wrap', file, '--proxy', `docs=${address}`, '--dry-run', ...argv])).stdout;
    expect(await shown('http://127.0.0.1:24321/mcp')).toContain(
      '    start it with: npx -y mcp-sessionscope proxy --to http://localhost:23001/mcp --port 24321\n',
    );
    expect(await shown('http://127.0.0.1/mcp', '--dir', '/srv/a b')).toContain(
      "    start it with: npx -y mcp-sessionscope proxy --to http://localhost:23001/mcp --port 80 --dir '/srv/a b'\n",
    );
  });

  test('has the servers record into the folder that is named, wherever they are started', async () => {
    const { stdout } = await cli(['wrap', file, '--yes', '--dir', 'recordings']);
    const dir = join(process.cwd(), 'recordings');
    expect(read()).toContain(`"run", "--dir", ${JSON.stringify(dir)}, "--", "uvx", "mcp-server-time"`);
    expect(stdout).toContain(` run --dir ${dir} -- uvx mcp-server-time`);
    await cli(['unwrap', file, '--yes']);
    expect(read()).toBe(TEXT);
  });

  test('says of servers in a form that it does not know where they are', async () => {
    writeFileSync(file, '{\n  "context_servers": {"a": {"command": "uvx", "args": []}}\n}');
    const { code, stdout } = await cli(['wrap', file, '--yes']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('  line 2 may have MCP servers, in a form that is not known here: '),
    });
    writeFileSync(file, '{"editor": {"font": {"size": 1}}}');
    expect((await cli(['wrap', file])).stdout).toBe(`${file}\n  it has no MCP servers\n`);
  });

  test('says of other files than JSON and TOML that it does not read them', async () => {
    const yaml = write('mcp.yaml', 'mcpServers:\n  a:\n    command: uvx\n');
    const { code, stderr } = await cli(['wrap', yaml, '--yes']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `mcp-sessionscope: ${yaml}: line 1 is not JSON; only JSON and TOML are read. It was left as it is\n`,
    });
  });

  test.each([
    [['--proxy', 'docs'], 'name=url'],
    [['--proxy', 'docs=ftp://x'], 'NAME=URL'],
    [['--proxy', 'docs=http://x/#y'], 'without a fragment'],
    [['--proxy', 'nobody=http://x/'], 'there is no server nobody; there are: time, docs'],
    [['--server', 'nobody'], 'there is no server nobody'],
    [['--command', 'npx -y other'], '--command takes'],
    [['--dir', 'a\nb'], 'without control characters'],
    [['--dir', '--'], 'Its value is missing'],
    [['--client', 'cursor'], 'not both'],
    [['--client', 'emacs'], 'Allowed choices'],
  ])('refuses %j with 2, and changes nothing', async (argv, message) => {
    const { code, stderr } = await cli(['wrap', file, '--yes', ...argv]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
    expect(read()).toBe(TEXT);
  });

  test.each([
    ['no file', undefined, 'there is no'],
    [
      'no JSON',
      '{"mcpServers": {"a": {"command": "SECRET" "args"',
      'line 1 is not JSON. It was left as it is',
    ],
    ['no UTF-8', Buffer.from('{"mcpServers": {}} \xff', 'latin1'), 'it is not UTF-8'],
    ['UTF-16', Buffer.from('\ufeff{"mcpServers": {}}', 'utf16le'), 'it is not UTF-8'],
  ])('of %s it says so, and ends with 1', async (_, content, message) => {
    const path = join(home, 'other.json');
    if (content !== undefined) writeFileSync(path, content);
    const { code, stderr } = await cli(['wrap', path, '--yes']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(message) });
    if (content !== undefined) expect(readFileSync(path)).toEqual(Buffer.from(content));
  });
});

test('the command asks only at a terminal', async () => {
  const main = join(__dirname, '../../../src/cli/main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', main, 'wrap', file], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stdin.end('y\n');
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(stderr).toBe('mcp-sessionscope: nothing was changed: nobody can be asked here. Give --yes\n');
  expect(read()).toBe(TEXT);
});

describe('the file that is changed', () => {
  test('keeps its mode, and a link to it stays one', async () => {
    chmodSync(file, 0o640);
    const link = join(home, 'link.json');
    symlinkSync(file, link);
    const { stdout } = await cli(['wrap', link, '--yes']);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(read()).toContain('mcp-sessionscope');
    for (const path of [file, `${file}.sessionscope-backup`]) expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(stdout).toContain(`${file}.sessionscope-backup`);
    expect(readdirSync(home).sort()).toEqual(['link.json', 'mcp.json', 'mcp.json.sessionscope-backup']);
  });

  test('has a backup of each of its states, and none twice', async () => {
    for (let i = 0; i < 3; i += 1) {
      await cli(['wrap', file, '--yes']);
      await cli(['unwrap', file, '--yes']);
    }
    const wrapped = (): string => read(`${file}.sessionscope-backup-1`);
    expect(read(`${file}.sessionscope-backup`)).toBe(TEXT);
    expect(wrapped()).toContain('"run"');
    writeFileSync(file, `${TEXT}// new\n`);
    await cli(['wrap', file, '--yes']);
    expect(read(`${file}.sessionscope-backup`)).toBe(TEXT);
    expect(read(`${file}.sessionscope-backup-2`)).toBe(`${TEXT}// new\n`);
    expect(readdirSync(home)).toHaveLength(4);
  });

  test('is left as it is where it was changed while the question was open', async () => {
    const changed = `${TEXT}// by its client\n`;
    const { code, stderr } = await runCli(['wrap', file], {
      ask: async () => {
        writeFileSync(file, changed);
        return 'y';
      },
    });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('has been changed meanwhile'),
    });
    expect(read()).toBe(changed);
    expect(readdirSync(home).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('is not made anew where it was removed while the question was open', async () => {
    const { code, stderr } = await runCli(['wrap', file], {
      ask: async () => {
        rmSync(file);
        return 'y';
      },
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: `mcp-sessionscope: there is no ${file}\n` });
    expect(readdirSync(home)).toEqual([]);
  });
});

describe('the files of clients', () => {
  test('are listed with what would be done, where neither a client nor a file is named', async () => {
    const cursor = write('.cursor/mcp.json', TEXT);
    const codex = write('.codex/config.toml', '[mcp_servers.a]\ncommand = "x"\n');
    const { code, stdout, stderr } = await cli(['wrap'], 'y');
    expect(code).toBe(0);
    expect(stdout).toContain(`${cursor} (Cursor)\n  time, line 4\n`);
    expect(stdout).toContain(`${codex} (Codex)\n  a, line 1\n  - x\n`);
    expect(stderr).toContain(
      'nothing was changed; name a client or a file: mcp-sessionscope wrap --client NAME',
    );
    expect([read(cursor), read(codex)]).toEqual([TEXT, '[mcp_servers.a]\ncommand = "x"\n']);
  });

  test('are changed where the client is named, and those of other clients are not', async () => {
    const settings = write('.gemini/settings.json', TEXT);
    const antigravity = write('.gemini/config/mcp_config.json', TEXT);
    expect(await cli(['wrap', '--client', 'gemini-cli', '--yes'])).toMatchObject({ code: 0, stderr: '' });
    expect(read(settings)).toContain('"run"');
    expect(read(antigravity)).toContain('"run"');
    expect(await cli(['unwrap', '--client', 'gemini-cli'], 'yes')).toMatchObject({ code: 0, stderr: '' });
    expect([read(settings), read(antigravity)]).toEqual([TEXT, TEXT]);
  });

  test('that do not exist are named', async () => {
    const { code, stderr } = await cli(['wrap', '--client', 'cursor', '--yes']);
    expect(code).toBe(1);
    expect(stderr).toContain('Cursor has no configuration here. It would be one of these:');
    expect(stderr).toContain(join(home, '.cursor/mcp.json'));
  });

  test('one that is broken does not keep the others from being changed', async () => {
    const broken = write('.gemini/settings.json', '{');
    const whole = write('.gemini/config/mcp_config.json', TEXT);
    const { code, stderr } = await cli(['wrap', '--client', 'gemini-cli', '--yes']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`${broken}: line 1 is not JSON`),
    });
    expect(read(broken)).toBe('{');
    expect(read(whole)).toContain('"run"');
  });
});
