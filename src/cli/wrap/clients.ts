import { join, resolve } from 'node:path';
import type { ContainerPath } from './servers.ts';
import type { ConfigFormat } from './tree.ts';

/** The machine on which the clients are, as far as their files depend on it. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The folder in which the command was started: clients have files in projects. */
  readonly cwd: string;
}

export interface ClientFile {
  readonly path: string;
  readonly format: ConfigFormat;
  readonly containers: readonly ContainerPath[];
}

export type ClientId = keyof typeof CLIENTS;

type Base = keyof typeof BASES;

interface Client {
  readonly title: string;
  /** Where the servers stand in its files. */
  readonly containers: readonly ContainerPath[];
  /** From a base: those of the user first, then those of the project. */
  readonly files: readonly (readonly [base: Base, path: string])[];
}

/** Where files of clients lie; nothing where the machine has no such place. */
const BASES = {
  home: ({ home }) => home,
  project: ({ cwd }) => cwd,
  /** Where applications keep their data. */
  data: (machine) => {
    const { platform, env, home } = machine;
    if (platform === 'darwin') return join(home, 'Library/Application Support');
    return platform === 'win32'
      ? (set(env['APPDATA']) ?? join(home, 'AppData/Roaming'))
      : configHome(machine);
  },
  /** The same, for programs that take macOS for a Unix like others. */
  config: (machine) =>
    machine.platform === 'win32'
      ? (set(machine.env['APPDATA']) ?? join(machine.home, 'AppData/Roaming'))
      : configHome(machine),
  /** Where Windows keeps what a packaged application takes for `%APPDATA%`. */
  packages: ({ platform, env, home }) =>
    platform === 'win32'
      ? join(set(env['LOCALAPPDATA']) ?? join(home, 'AppData/Local'), 'Packages')
      : undefined,
  claudeCode: ({ env, home }) => set(env['CLAUDE_CONFIG_DIR']) ?? home,
  codex: ({ env, home }) => set(env['CODEX_HOME']) ?? join(home, '.codex'),
  copilot: ({ env, home }) => set(env['COPILOT_HOME']) ?? join(home, '.copilot'),
} satisfies Record<string, (machine: Machine) => string | undefined>;

/** Each client's files and their form, as its own documents have them. */
export const CLIENTS = {
  // https://modelcontextprotocol.io/docs/develop/connect-local-servers
  // Windows: the installer makes a package, which has the folder elsewhere than the documents say:
  // https://github.com/anthropics/claude-code/issues/26073
  'claude-desktop': {
    title: 'Claude Desktop',
    containers: [['mcpServers']],
    files: [
      ['data', 'Claude/claude_desktop_config.json'],
      ['packages', 'Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude/claude_desktop_config.json'],
    ],
  },
  // https://code.claude.com/docs/en/mcp#mcp-installation-scopes
  'claude-code': {
    title: 'Claude Code',
    containers: [['mcpServers'], ['projects', '*', 'mcpServers']],
    files: [
      ['claudeCode', '.claude.json'],
      ['project', '.mcp.json'],
    ],
  },
  // https://cursor.com/docs/mcp
  cursor: {
    title: 'Cursor',
    containers: [['mcpServers']],
    files: [
      ['home', '.cursor/mcp.json'],
      ['project', '.cursor/mcp.json'],
    ],
  },
  // https://code.visualstudio.com/docs/agents/reference/mcp-configuration
  // Until version 1.102 the servers stood in settings.json, under `mcp`. Copilot has a file of its own.
  vscode: {
    title: 'VS Code',
    containers: [['servers'], ['mcp', 'servers'], ['mcpServers']],
    files: [
      ['data', 'Code/User/mcp.json'],
      ['data', 'Code/User/settings.json'],
      ['data', 'Code - Insiders/User/mcp.json'],
      ['data', 'Code - Insiders/User/settings.json'],
      ['copilot', 'mcp-config.json'],
      ['project', '.vscode/mcp.json'],
      ['project', '.vscode/settings.json'],
    ],
  },
  // https://docs.devin.ai/desktop/cascade/mcp
  // It is called Devin Desktop since June 2026; its newer agent has a file of its own.
  windsurf: {
    title: 'Windsurf, Devin Desktop',
    containers: [['mcpServers']],
    files: [
      ['home', '.codeium/windsurf/mcp_config.json'],
      ['config', 'devin/mcp_config.json'],
      ['project', '.devin/mcp_config.json'],
    ],
  },
  // https://geminicli.com/docs/tools/mcp-server
  // For most accounts Antigravity has taken its place: https://antigravity.google/docs/cli/gcli-migration
  'gemini-cli': {
    title: 'Gemini CLI, Antigravity',
    containers: [['mcpServers']],
    files: [
      ['home', '.gemini/settings.json'],
      ['home', '.gemini/config/mcp_config.json'],
      ['project', '.gemini/settings.json'],
    ],
  },
  // https://developers.openai.com/codex/mcp
  codex: {
    title: 'Codex',
    containers: [['mcp_servers']],
    files: [
      ['codex', 'config.toml'],
      ['project', '.codex/config.toml'],
    ],
  },
} satisfies Record<string, Client>;

export const CLIENT_IDS = Object.keys(CLIENTS) as readonly ClientId[];

/** The files that a client reads on this machine, whether they exist or not. */
export function filesOf(id: ClientId, machine: Machine): ClientFile[] {
  const { files, containers }: Client = CLIENTS[id];
  const paths = files.flatMap(([base, path]) => {
    const folder = BASES[base](machine);
    return folder === undefined ? [] : [resolve(folder, path)];
  });
  // In the home folder, the files of the user and of the project are the same.
  return [...new Set(paths)].map((path) => ({ path, format: formatOf(path), containers }));
}

/** A file that the user names: all forms are looked for. */
export function fileAt(path: string): ClientFile {
  const format = formatOf(path);
  const all = CLIENT_IDS.map((id): Client & { id: ClientId } => ({ id, ...CLIENTS[id] }))
    .filter(({ files }) => files.some(([, each]) => formatOf(each) === format))
    .flatMap(({ containers }) => containers);
  const containers = [...new Map(all.map((each) => [each.join('\n'), each])).values()];
  return { path: resolve(path), format, containers };
}

function formatOf(path: string): ConfigFormat {
  return /\.toml$/i.test(path) ? 'toml' : 'json';
}

function configHome({ env, home }: Machine): string {
  return set(env['XDG_CONFIG_HOME']) ?? join(home, '.config');
}

function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
