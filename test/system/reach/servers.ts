import { SSE_PATH } from '../../../tools/support/mcp-clients.ts';
import type { Call, Script } from './visit.ts';

/** A server of others, as its users start it. */
export interface Server extends Script {
  /** What `--only` takes. */
  readonly name: string;
  readonly over: 'stdio' | 'http';
  /** Where it listens. Default: `/mcp`. */
  readonly path?: string;
  readonly runs: NodeProgram | PythonProgram;
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its arguments. `folder` is where it runs, empty but for what {@link files} names. */
  readonly args?: (given: { folder: string; port: string }) => readonly string[];
  /** What is in its folder: text by path. In its environment and in the arguments of calls, that is `<folder>`. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A program from npm: the command of a package, or an application of ours that is made with it. */
export interface NodeProgram {
  readonly package: string;
  /** The folder of the application, from here; its main file. */
  readonly app?: { readonly folder: string; readonly main: string; readonly build?: readonly string[] };
  /** The Node.js that it asks for, where it asks for a newer one than the project. */
  readonly node?: number;
}

/** A program from PyPI: a module, or a file of `python`. */
export interface PythonProgram {
  readonly python: readonly string[];
}

const call = (tool: string, args: Record<string, unknown> = {}): Call => ({ tool, args });
const legacy = { era: 'legacy', over: 'stdio' } as const;

/** What the frameworks' applications offer. */
const WEATHER: readonly Call[] = [
  call('get_weather', { city: 'Oslo' }),
  call('get_weather', { city: 'Tromsø' }),
  call('fail'),
  call('get_weather', { city: 5 }),
];

/** No browser, and an address at which nobody listens. */
const NO_BROWSER = '/nowhere/chromium';
const NO_API = 'http://127.0.0.1:9';
const QUIET = { CI: 'true', DO_NOT_TRACK: '1' };

/** Of those that bring the SDK inside: bundled, and minified. */
const BUNDLED: readonly Server[] = [
  {
    ...legacy,
    name: 'context7',
    runs: { package: '@upstash/context7-mcp' },
    env: { ...QUIET, CONTEXT7_API_URL: NO_API },
    calls: [
      call('resolve-library-id', { query: 'how to', libraryName: 'react' }),
      call('query-docs', { libraryId: 5 }),
    ],
  },
  {
    ...legacy,
    name: 'notion',
    runs: { package: '@notionhq/notion-mcp-server' },
    env: { ...QUIET, NOTION_TOKEN: 'ntn_not_a_real_one', BASE_URL: NO_API },
    calls: [call('API-get-self'), call('API-get-users', { page_size: 5 })],
  },
  {
    ...legacy,
    name: 'chrome-devtools',
    runs: { package: 'chrome-devtools-mcp' },
    env: QUIET,
    args: () => ['--executablePath', NO_BROWSER, '--headless', '--no-usage-statistics'],
    calls: [call('list_pages'), call('new_page', { url: 5 })],
  },
  {
    ...legacy,
    name: 'playwright',
    runs: { package: '@playwright/mcp' },
    env: QUIET,
    args: () => ['--executable-path', NO_BROWSER, '--headless'],
    calls: [call('browser_navigate', { url: 'about:blank' }), call('browser_navigate')],
  },
];

const FRAMEWORKS: readonly Server[] = [
  {
    ...legacy,
    name: 'fastmcp',
    runs: { package: 'fastmcp', app: { folder: '../frameworks/apps/fastmcp', main: 'server.js' }, node: 24 },
    calls: WEATHER,
  },
  {
    ...legacy,
    name: 'fastmcp-http',
    over: 'http',
    runs: { package: 'fastmcp', app: { folder: '../frameworks/apps/fastmcp', main: 'server.js' }, node: 24 },
    calls: WEATHER,
  },
  {
    ...legacy,
    name: 'xmcp',
    runs: {
      package: 'xmcp',
      app: { folder: 'apps/xmcp', main: 'dist/stdio.js', build: ['build'] },
      node: 24,
    },
    calls: WEATHER,
  },
  {
    name: 'mastra',
    // It refuses older clients.
    era: 'modern',
    over: 'http',
    runs: {
      package: '@mastra/mcp',
      app: { folder: '../frameworks/apps/mastra', main: 'server.js' },
      node: 24,
    },
    env: { MASTRA_TELEMETRY_DISABLED: '1' },
    calls: WEATHER,
  },
];

const EVERYTHING: readonly Call[] = [
  call('echo', { message: 'as it was' }),
  call('get-sum', { a: 2, b: 3 }),
  call('get-sum', { a: 'two', b: 3 }),
  call('get-tiny-image'),
  call('get-structured-content', { location: 'New York' }),
];

const REFERENCE: readonly Server[] = [
  {
    ...legacy,
    name: 'everything',
    runs: { package: '@modelcontextprotocol/server-everything' },
    calls: EVERYTHING,
  },
  {
    ...legacy,
    name: 'everything-http',
    over: 'http',
    runs: { package: '@modelcontextprotocol/server-everything' },
    args: () => ['streamableHttp'],
    calls: EVERYTHING,
  },
  {
    ...legacy,
    name: 'everything-sse',
    over: 'http',
    path: SSE_PATH,
    runs: { package: '@modelcontextprotocol/server-everything' },
    args: () => ['sse'],
    calls: EVERYTHING,
  },
  {
    ...legacy,
    name: 'filesystem',
    runs: { package: '@modelcontextprotocol/server-filesystem' },
    args: ({ folder }) => [folder],
    files: { 'notes/one.txt': 'first\nsecond\n', 'two.txt': 'größer als ASCII: 🛰️\n' },
    calls: [
      call('list_directory', { path: '.' }),
      call('read_text_file', { path: 'two.txt' }),
      call('write_file', { path: 'three.txt', content: 'written' }),
      call('read_text_file', { path: 'three.txt' }),
      call('read_text_file', { path: '/etc/hostname' }),
      call('read_text_file', { path: 'absent.txt' }),
    ],
  },
  {
    ...legacy,
    name: 'memory',
    runs: { package: '@modelcontextprotocol/server-memory' },
    env: { MEMORY_FILE_PATH: '<folder>/memory.jsonl' },
    calls: [
      call('create_entities', {
        entities: [{ name: 'Ada', entityType: 'person', observations: ['writes programs'] }],
      }),
      call('search_nodes', { query: 'ada' }),
      call('add_observations', { observations: [{ entityName: 'Nobody', contents: ['is not there'] }] }),
      call('read_graph'),
    ],
  },
  {
    ...legacy,
    name: 'sequential-thinking',
    runs: { package: '@modelcontextprotocol/server-sequential-thinking' },
    calls: [1, 2].map((thoughtNumber) =>
      call('sequentialthinking', {
        thought: `thought ${thoughtNumber}`,
        thoughtNumber,
        totalThoughts: 2,
        nextThoughtNeeded: thoughtNumber < 2,
      }),
    ),
  },
  {
    ...legacy,
    name: 'eslint',
    runs: { package: '@eslint/mcp' },
    files: {
      'package.json': '{ "type": "module" }',
      'eslint.config.js': "export default [{ rules: { 'no-debugger': 'error' } }];\n",
      'bad.js': 'debugger;\n',
    },
    calls: [call('lint-files', { filePaths: ['<folder>/bad.js'] }), call('lint-files', { filePaths: [] })],
  },
];

const PYTHON: readonly Server[] = [
  {
    ...legacy,
    name: 'python-time',
    runs: { python: ['-m', 'mcp_server_time'] },
    args: () => ['--local-timezone', 'UTC'],
    calls: [
      call('convert_time', { source_timezone: 'Europe/Oslo', time: '12:00', target_timezone: 'Asia/Tokyo' }),
      call('convert_time', { source_timezone: 'Nowhere', time: '12:00', target_timezone: 'Asia/Tokyo' }),
    ],
  },
  {
    ...legacy,
    name: 'python-git',
    runs: { python: ['-m', 'mcp_server_git'] },
    files: {
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.git/objects/.keep': '',
      '.git/refs/.keep': '',
      'new.txt': 'not yet added\n',
    },
    calls: [
      call('git_status', { repo_path: '<folder>' }),
      call('git_add', { repo_path: '<folder>', files: ['new.txt'] }),
      call('git_diff_staged', { repo_path: '<folder>' }),
      call('git_log', { repo_path: 5 }),
    ],
  },
  {
    ...legacy,
    name: 'python-fastmcp',
    runs: { python: ['fastmcp_server.py'] },
    calls: WEATHER,
  },
  {
    ...legacy,
    name: 'python-fastmcp-http',
    over: 'http',
    runs: { python: ['fastmcp_server.py'] },
    calls: WEATHER,
  },
];

export const SERVERS: readonly Server[] = [...BUNDLED, ...FRAMEWORKS, ...REFERENCE, ...PYTHON];
