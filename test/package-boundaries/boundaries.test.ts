import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { allImports, circleIn, type Import } from './imports.ts';

const PURE = ['sdk/config', 'sdk/protocol', 'sdk/operation', 'sdk/session', 'sdk/privacy'];
/** Which part of the sources may import from which, besides itself; `''` is what lies loose in src. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  '': ['sdk'],
  sdk: [],
  explorer: ['sdk'],
  proxy: ['sdk'],
  register: ['', 'sdk'],
  instrumentation: ['', 'sdk'],
  cli: ['explorer', 'proxy', 'sdk'],
};
/** The same for the rooms of the explorer; `''` is what lies loose in it. */
const EXPLORER: Readonly<Record<string, readonly string[]>> = {
  '': [],
  text: [],
  recording: [''],
  sessions: ['recording', 'text'],
  store: ['recording', 'sessions'],
  receiver: ['recording'],
  server: ['', 'receiver', 'sessions', 'store', 'text'],
  page: ['server', 'sessions', 'text'],
  mcp: ['sessions', 'store', 'text'],
};
/** Where the command's MCP server begins. */
const MCP_COMMAND = 'explorer/mcp/serve.ts';
/** Where that begins which records what passes between others: loaded by what passes it on. */
const RECORDERS = ['proxy/stdio/recorder.ts', 'cli/proxy/run.ts'];
const IMPORTS = allImports();
const AT_RUN_TIME = IMPORTS.filter(({ typeOnly }) => !typeOnly);
/** The page is a bundle of its own, for browsers. */
const isOfPage = ({ from }: Pick<Import, 'from'>): boolean => from.startsWith('explorer/page/');

/** Folder and room: `sdk/config`, `sdk` for what lies loose in it. */
const roomOf = (path: string): string => path.split('/').slice(0, -1).slice(0, 2).join('/');
const isSource = (path: string): boolean => /\.(c?ts|tsx)$/.test(path);
const isOurs = ({ to }: Import): boolean => isSource(to) || /\.(css|cjs|json)$/.test(to);
/** What the application brings. */
const OF_APPLICATION = ['@opentelemetry/api', '@opentelemetry/instrumentation'];
const isOtelSdk = ({ to }: Import): boolean =>
  to.startsWith('@opentelemetry/') && !OF_APPLICATION.includes(to);
const shown = (imports: readonly Import[]): string[] =>
  imports.map(({ from, to }) => `${from} imports ${to}`).sort();

test('the imports of all sources are found', () => {
  expect(IMPORTS.length).toBeGreaterThan(200);
  const plain = { from: 'index.ts', onDemand: false };
  expect(AT_RUN_TIME).toContainEqual({ ...plain, to: 'sdk/instrument-server.ts', typeOnly: false });
  expect(IMPORTS).toContainEqual({ ...plain, to: 'sdk/types.ts', typeOnly: true });
});

describe('imports run one way, those of types too:', () => {
  const ours = IMPORTS.filter(({ to }) => isSource(to));

  test('the command imports from the explorer, both from the SDK, and nothing imports back', () => {
    expect(against(PARTS, '', ours)).toEqual([]);
  });

  test('in the explorer from lines to sessions, from sessions to the store, from the store to what serves it', () => {
    const inside = ours.filter(({ from, to }) => [from, to].every((path) => path.startsWith('explorer/')));
    expect(inside.length).toBeGreaterThan(200);
    expect(against(EXPLORER, 'explorer/', inside)).toEqual([]);
  });

  test('no files import each other in a circle', () => {
    expect(circleIn(ours)).toBeUndefined();
  });
});

describe.each(PURE)('the pure folder %s', (folder) => {
  const own = IMPORTS.filter(({ from }) => roomOf(from) === folder);

  test('has sources', () => {
    expect(own).not.toEqual([]);
  });

  test('imports no package and nothing of Node at run time', () => {
    expect(shown(own.filter((each) => !each.typeOnly && !isOurs(each)))).toEqual([]);
  });

  test('imports nothing above itself, not even types, but for the public ones', () => {
    const above = own.filter(
      (each) =>
        isOurs(each) && !PURE.includes(roomOf(each.to)) && !(each.to === 'sdk/types.ts' && each.typeOnly),
    );
    expect(shown(above)).toEqual([]);
  });
});

describe('the OpenTelemetry SDK', () => {
  test('is imported by the folder export only', () => {
    expect(shown(IMPORTS.filter((each) => isOtelSdk(each) && roomOf(each.from) !== 'sdk/export'))).toEqual(
      [],
    );
  });

  test('is out of reach of the entry, but for the small core that is built in', () => {
    const reached = reachableFrom('index.ts');
    expect(reached).toContain('sdk/export/providers.ts');
    expect(reached).not.toContain('sdk/export/sdk.ts');
    const imported = AT_RUN_TIME.filter((each) => reached.has(each.from) && isOtelSdk(each));
    expect(shown(imported)).toEqual(['sdk/export/propagator.ts imports @opentelemetry/core']);
  });

  test('is loaded in one place, and the package by its register in another one', () => {
    expect(shown(AT_RUN_TIME.filter(({ to }) => to.endsWith('.cjs')))).toEqual([
      'register/load-package.cts imports register/index.cjs',
      'sdk/export/load-sdk.cts imports sdk/export/sdk.cjs',
    ]);
  });

  test('is out of reach of the command, but for its MCP server, and for what records others', () => {
    const reached = reachableFrom('cli/main.ts', MCP_COMMAND, ...RECORDERS);
    expect(
      shown(AT_RUN_TIME.filter((each) => reached.has(each.from) && each.to.startsWith('@opentelemetry/'))),
    ).toEqual([]);
  });
});

test("OpenTelemetry's base for instrumentations, which not everybody has, is imported by the entry for it only", () => {
  const importing = IMPORTS.filter(({ to }) => to === '@opentelemetry/instrumentation');
  expect([...new Set(importing.map(({ from }) => roomOf(from)))]).toEqual(['instrumentation']);
  expect(reachableFrom('index.ts')).not.toContain('instrumentation/index.ts');
});

describe('an MCP SDK', () => {
  test('is imported at run time by the MCP server of the command only, with which it is bundled', () => {
    const importing = AT_RUN_TIME.filter(({ to }) => to.startsWith('@modelcontextprotocol/'));
    expect([...new Set(importing.map(({ from }) => dirname(from)))]).toEqual(['explorer/mcp']);
  });

  test('is loaded when that server is started, and not with the command', () => {
    const entering = AT_RUN_TIME.filter(
      ({ from, to }) => dirname(from) !== 'explorer/mcp' && dirname(to) === 'explorer/mcp',
    );
    expect(entering).toEqual([
      { from: 'cli/commands/mcp.ts', to: MCP_COMMAND, typeOnly: false, onDemand: true },
    ]);
  });
});

test('only the declared packages are imported, the page aside', () => {
  const packages = new Set(
    AT_RUN_TIME.filter((each) => !isOfPage(each) && !isOurs(each) && !each.to.startsWith('node:')).map(
      ({ to }) => to,
    ),
  );
  expect([...packages].sort()).toEqual([
    // Bundled with the command: what the generated descriptors of OTLP call, and protobuf's wire format.
    '@bufbuild/protobuf',
    '@bufbuild/protobuf/codegenv2',
    '@bufbuild/protobuf/wire',
    // Bundled with the command: what its MCP server is made of.
    '@modelcontextprotocol/server',
    '@modelcontextprotocol/server/stdio',
    '@opentelemetry/api',
    // Bundled.
    '@opentelemetry/context-async-hooks',
    '@opentelemetry/core',
    '@opentelemetry/exporter-metrics-otlp-http',
    '@opentelemetry/exporter-trace-otlp-http',
    // The application's.
    '@opentelemetry/instrumentation',
    // Bundled.
    '@opentelemetry/otlp-transformer',
    // Bundled.
    '@opentelemetry/resources',
    '@opentelemetry/sdk-metrics',
    // What it stands in for, in the build: hash-attributes.ts.
    '@opentelemetry/sdk-metrics/build/esm/utils',
    '@opentelemetry/sdk-trace-node',
    // Bundled with the command.
    'commander',
    // Bundled with the command: starts programs on Windows.
    'cross-spawn',
    // Bundled with the command: read and pass on what goes over HTTP.
    'eventsource-parser',
    'httpxy',
    // Bundled with the command: the parsers of clients' configurations.
    // Bundled with `register`: what of a module is code.
    'js-tokens',
    'jsonc-parser',
    'string-width',
    'toml-eslint-parser',
    'uuid',
    // Bundled with the command: what its MCP server is made of.
    'zod',
  ]);
});

describe('the page', () => {
  test('is made of what is bundled with it, and of nothing of Node', () => {
    const reached = reachableFrom('explorer/page/main.tsx');
    const imported = AT_RUN_TIME.filter(({ from, to }) => reached.has(from) && !isSource(to));
    expect([...new Set(imported.map(({ to }) => to))].filter((to) => !to.endsWith('.css')).sort()).toEqual([
      '@tanstack/react-table',
      '@tanstack/react-virtual',
      'preact',
      'react',
      'uplot',
    ]);
  });

  test('takes of the other sources the API and a few pure files', () => {
    const taken = IMPORTS.filter(
      (each) => isOfPage(each) && isSource(each.to) && !isOfPage({ from: each.to }),
    );
    expect([...new Set(taken.map(({ to }) => to))].sort()).toEqual([
      'explorer/server/api.ts',
      'explorer/sessions/caveats.ts',
      'explorer/sessions/log-text.ts',
      'explorer/sessions/retries.ts',
      'explorer/sessions/row.ts',
      'explorer/sessions/search.ts',
      'explorer/sessions/side-text.ts',
      'explorer/sessions/sizes.ts',
      'explorer/sessions/sources.ts',
      'explorer/sessions/waiting-text.ts',
      'explorer/text/format.ts',
      'explorer/text/indent-json.ts',
      'explorer/text/look-up.ts',
      'explorer/text/names.ts',
      'explorer/text/shell-word.ts',
      'explorer/text/trace-url.ts',
      'explorer/text/transport.ts',
      'explorer/text/url-required.ts',
      'explorer/text/visible.ts',
    ]);
  });
});

test('servers and transports are touched by the folder intercept only', () => {
  const touching = IMPORTS.filter(({ to }) =>
    /^sdk\/intercept\/(connection|observe-transport|handlers|tool-errors)\.ts$/.test(to),
  );
  expect([...new Set(touching.map(({ from }) => roomOf(from)))]).toEqual(['sdk/intercept']);
});

/** What imports from one folder below `base` into another one without being allowed to. */
function against(
  allowed: Readonly<Record<string, readonly string[]>>,
  base: string,
  imports: readonly Import[],
): string[] {
  const folderOf = (path: string): string => /^([^/]+)\//.exec(path.slice(base.length))?.[1] ?? '';
  const mayImport = (from: string, to: string): boolean =>
    from === to || allowed[from]?.includes(to) === true;
  return shown(imports.filter(({ from, to }) => !mayImport(folderOf(from), folderOf(to))));
}

/** The sources that are loaded with a source, or by it on demand; what lies behind `border` only is left out. */
function reachableFrom(entry: string, ...borders: string[]): Set<string> {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (borders.includes(path) || reached.has(path)) return;
    reached.add(path);
    for (const { from, to } of AT_RUN_TIME) if (from === path && isSource(to)) visit(to);
  };
  visit(entry);
  return reached;
}
