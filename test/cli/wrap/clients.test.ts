import { describe, expect, test } from '@jest/globals';
import { CLIENT_IDS, type ClientId, fileAt, filesOf, type Machine } from '../../../src/cli/wrap/clients.ts';
import { defaultLauncher, startsUs, wordsOf } from '../../../src/cli/wrap/launcher.ts';

const LINUX: Machine = { platform: 'linux', env: {}, home: '/home/ada', cwd: '/work' };
const MAC: Machine = { ...LINUX, platform: 'darwin', home: '/Users/ada' };
const WINDOWS: Machine = {
  ...LINUX,
  platform: 'win32',
  env: { APPDATA: '/C/Roaming', LOCALAPPDATA: '/C/Local' },
  home: '/C/Ada',
};
const paths = (id: ClientId, machine: Machine): string[] => filesOf(id, machine).map(({ path }) => path);

describe('the files of a client', () => {
  test.each<[ClientId, string[]]>([
    ['claude-desktop', ['/home/ada/.config/Claude/claude_desktop_config.json']],
    ['claude-code', ['/home/ada/.claude.json', '/work/.mcp.json']],
    ['cursor', ['/home/ada/.cursor/mcp.json', '/work/.cursor/mcp.json']],
    [
      'vscode',
      [
        '/home/ada/.config/Code/User/mcp.json',
        '/home/ada/.config/Code/User/settings.json',
        '/home/ada/.config/Code - Insiders/User/mcp.json',
        '/home/ada/.config/Code - Insiders/User/settings.json',
        '/home/ada/.copilot/mcp-config.json',
        '/work/.vscode/mcp.json',
        '/work/.vscode/settings.json',
      ],
    ],
    [
      'windsurf',
      [
        '/home/ada/.codeium/windsurf/mcp_config.json',
        '/home/ada/.config/devin/mcp_config.json',
        '/work/.devin/mcp_config.json',
      ],
    ],
    [
      'gemini-cli',
      [
        '/home/ada/.gemini/settings.json',
        '/home/ada/.gemini/config/mcp_config.json',
        '/work/.gemini/settings.json',
      ],
    ],
    ['codex', ['/home/ada/.codex/config.toml', '/work/.codex/config.toml']],
  ])('of %s are where Linux has them', (id, expected) => {
    expect(paths(id, LINUX)).toEqual(expected);
  });

  test('are where macOS and Windows have them', () => {
    const file = 'Claude/claude_desktop_config.json';
    expect(paths('claude-desktop', MAC)).toEqual([`/Users/ada/Library/Application Support/${file}`]);
    expect(paths('claude-desktop', WINDOWS)).toEqual([
      `/C/Roaming/${file}`,
      `/C/Local/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/${file}`,
    ]);
    expect(paths('vscode', MAC)[0]).toBe('/Users/ada/Library/Application Support/Code/User/mcp.json');
    expect(paths('vscode', WINDOWS)[0]).toBe('/C/Roaming/Code/User/mcp.json');
    expect(paths('windsurf', MAC)[1]).toBe('/Users/ada/.config/devin/mcp_config.json');
    expect(paths('claude-desktop', { ...WINDOWS, env: {} })[0]).toBe(`/C/Ada/AppData/Roaming/${file}`);
  });

  test('are where the environment says, if it says something', () => {
    const env = { CODEX_HOME: '/c', CLAUDE_CONFIG_DIR: '/d', XDG_CONFIG_HOME: '/x' };
    expect(paths('codex', { ...LINUX, env })[0]).toBe('/c/config.toml');
    expect(paths('claude-code', { ...LINUX, env })[0]).toBe('/d/.claude.json');
    expect(paths('claude-desktop', { ...LINUX, env })[0]).toBe('/x/Claude/claude_desktop_config.json');
    expect(paths('codex', { ...LINUX, env: { CODEX_HOME: '' } })[0]).toBe('/home/ada/.codex/config.toml');
  });

  test('are named once, in the home folder too', () => {
    for (const id of CLIENT_IDS) {
      const all = paths(id, { ...LINUX, cwd: LINUX.home });
      expect(new Set(all).size).toBe(all.length);
    }
  });

  test('that the user names are read in every form that their ending allows', () => {
    expect(fileAt('/a/b.TOML')).toEqual({ path: '/a/b.TOML', format: 'toml', containers: [['mcp_servers']] });
    expect(fileAt('/a/b').containers).toEqual([
      ['mcpServers'],
      ['projects', '*', 'mcpServers'],
      ['servers'],
      ['mcp', 'servers'],
    ]);
  });
});

describe('what is put before a command', () => {
  test('is npx with the versions that do the same, behind cmd on Windows, without signs that it would act on', () => {
    expect(defaultLauncher('linux')).toEqual([
      'npx',
      '-y',
      expect.stringMatching(/^mcp-sessionscope@(?:0\.\d+|\d+)$/),
    ]);
    expect(defaultLauncher('win32')).toEqual(['cmd', '/c', ...defaultLauncher('darwin')]);
  });

  test('is what --command says, if it starts this package', () => {
    expect(wordsOf(`node "C:\\My Lib\\mcp-sessionscope\\dist\\cli.js" 'a b' c`)).toEqual([
      'node',
      'C:\\My Lib\\mcp-sessionscope\\dist\\cli.js',
      'a b',
      'c',
    ]);
    for (const text of [
      'mcp-sessionscope',
      '/bin/mcp-sessionscope',
      'mcp-sessionscope.cmd',
      'pnpm dlx mcp-sessionscope@1',
    ]) {
      expect(startsUs(wordsOf(text))).toBe(true);
    }
    for (const text of ['', 'npx', 'mcp-sessionscope run', 'my-mcp-sessionscope', 'mcp-sessionscope2']) {
      expect(startsUs(wordsOf(text))).toBe(false);
    }
  });
});
