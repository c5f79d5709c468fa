import { describe, expect, test } from '@jest/globals';
import { allImports, type Import } from './imports.ts';

const PURE = ['config', 'protocol', 'operation', 'session', 'privacy'];
const IMPORTS = allImports();
const AT_RUN_TIME = IMPORTS.filter(({ typeOnly }) => !typeOnly);

const folderOf = (path: string): string => (path.includes('/') ? (path.split('/')[0] as string) : '');
const isOurs = ({ to }: Import): boolean => /\.(c?ts|cjs|json)$/.test(to);
const isOtelSdk = ({ to }: Import): boolean =>
  to.startsWith('@opentelemetry/') && to !== '@opentelemetry/api';
const shown = (imports: Import[]): string[] => imports.map(({ from, to }) => `${from} imports ${to}`).sort();

test('the imports of all sources are found', () => {
  expect(IMPORTS.length).toBeGreaterThan(200);
  expect(AT_RUN_TIME).toContainEqual({ from: 'index.ts', to: 'instrument-server.ts', typeOnly: false });
  expect(IMPORTS).toContainEqual({ from: 'index.ts', to: 'types.ts', typeOnly: true });
});

describe.each(PURE)('the pure folder %s', (folder) => {
  const own = IMPORTS.filter(({ from }) => folderOf(from) === folder);

  test('has sources', () => {
    expect(own).not.toEqual([]);
  });

  test('imports no package and nothing of Node at run time', () => {
    expect(shown(own.filter((each) => !each.typeOnly && !isOurs(each)))).toEqual([]);
  });

  test('imports nothing above itself, not even types, but for the public ones', () => {
    const above = own.filter(
      (each) =>
        isOurs(each) && !PURE.includes(folderOf(each.to)) && !(each.to === 'types.ts' && each.typeOnly),
    );
    expect(shown(above)).toEqual([]);
  });
});

describe('the OpenTelemetry SDK', () => {
  test('is imported by the folder export only', () => {
    expect(shown(IMPORTS.filter((each) => isOtelSdk(each) && folderOf(each.from) !== 'export'))).toEqual([]);
  });

  test('is out of reach of the entry, but for the small core that is built in', () => {
    const reached = reachableFrom('index.ts');
    expect(reached).toContain('export/providers.ts');
    expect(reached).not.toContain('export/sdk.ts');
    const imported = AT_RUN_TIME.filter((each) => reached.has(each.from) && isOtelSdk(each));
    expect(shown(imported)).toEqual(['export/propagator.ts imports @opentelemetry/core']);
  });

  test('is loaded in one place', () => {
    expect(shown(AT_RUN_TIME.filter(({ to }) => to.endsWith('.cjs')))).toEqual([
      'export/load-sdk.cts imports export/sdk.cjs',
    ]);
  });

  test('is out of reach of the command', () => {
    const reached = reachableFrom('cli/main.ts');
    expect(
      shown(AT_RUN_TIME.filter((each) => reached.has(each.from) && each.to.startsWith('@opentelemetry/'))),
    ).toEqual([]);
  });
});

test('no MCP SDK is imported at run time', () => {
  expect(shown(AT_RUN_TIME.filter(({ to }) => to.startsWith('@modelcontextprotocol/')))).toEqual([]);
});

test('only the declared packages are imported', () => {
  const packages = new Set(
    AT_RUN_TIME.filter((each) => !isOurs(each) && !each.to.startsWith('node:')).map(({ to }) => to),
  );
  expect([...packages].sort()).toEqual([
    '@opentelemetry/api',
    // Bundled.
    '@opentelemetry/context-async-hooks',
    '@opentelemetry/core',
    '@opentelemetry/exporter-metrics-otlp-http',
    '@opentelemetry/exporter-trace-otlp-http',
    // Bundled.
    '@opentelemetry/otlp-transformer',
    // Bundled.
    '@opentelemetry/resources',
    '@opentelemetry/sdk-metrics',
    '@opentelemetry/sdk-trace-node',
    // Bundled with the command.
    'commander',
    'string-width',
    'uuid',
  ]);
});

test('servers and transports are touched by the folder intercept only', () => {
  const touching = IMPORTS.filter(({ to }) =>
    /^intercept\/(connection|observe-transport|handlers|tool-errors)\.ts$/.test(to),
  );
  expect([...new Set(touching.map(({ from }) => folderOf(from)))]).toEqual(['intercept']);
});

/** The sources that are loaded with a source. */
function reachableFrom(entry: string): Set<string> {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { from, to } of AT_RUN_TIME) if (from === path && /\.c?ts$/.test(to)) visit(to);
  };
  visit(entry);
  return reached;
}
