import { currentNode } from '../../../tools/support/node-runtime.ts';

/** A line of the MCP SDK: what is installed, and which of the apps uses it. */
export interface McpSdk {
  name: string;
  app: 'mcp-v1' | 'mcp-v2';
  /** Whether a client over HTTP sends `initialize`; the 2026-07-28 protocol has none. */
  initializesOverHttp: boolean;
  /** The package whose installed version the report shows. */
  shows: string;
  dependencies: Record<string, string>;
}

/** What OpenTelemetry the application has of its own. */
export interface Otel {
  name: string;
  app: 'otel-none' | 'otel-2' | 'otel-3';
  /** `global`: registered before the server is instrumented; `config`: given to the manager. */
  how: 'none' | 'global' | 'config';
  minNode: number;
  /** The package whose installed version the report shows. */
  shows?: string;
  dependencies: Record<string, string>;
}

export type Format = 'esm' | 'cjs';

/** One combination that has to work. */
export interface Cell {
  sdk: McpSdk;
  otel: Otel;
  format: Format;
  node: string;
  /** Whether the application knows nothing of telemetry, and Node.js is given `--import mcp-sessionscope/register`. */
  registered?: true;
}

const v1 = (name: string, version: string): McpSdk => ({
  name,
  app: 'mcp-v1',
  initializesOverHttp: true,
  shows: '@modelcontextprotocol/sdk',
  dependencies: { '@modelcontextprotocol/sdk': version },
});

/** The oldest release that is supported. */
const SDK_1_15 = v1('v1, oldest', '1.15.0');
const SDK_1_24 = v1('v1, 1.24', '~1.24.0');
export const SDK_1_NEWEST = v1('v1, newest', '1');
export const SDK_2_NEWEST: McpSdk = {
  name: 'v2, newest',
  app: 'mcp-v2',
  initializesOverHttp: false,
  shows: '@modelcontextprotocol/server',
  dependencies: {
    '@modelcontextprotocol/client': '2',
    '@modelcontextprotocol/node': '2',
    '@modelcontextprotocol/server': '2',
  },
};

const otel2Packages = {
  '@opentelemetry/api': '~1.9.0',
  '@opentelemetry/exporter-metrics-otlp-http': '>=0.200.0 <0.300.0',
  '@opentelemetry/exporter-trace-otlp-http': '>=0.200.0 <0.300.0',
  '@opentelemetry/resources': '2',
  '@opentelemetry/sdk-metrics': '2',
  '@opentelemetry/sdk-trace-node': '2',
};

const otel3Packages = {
  '@opentelemetry/api': '~1.10.0',
  '@opentelemetry/context-async-hooks': '3',
  '@opentelemetry/exporter-metrics-otlp-http': '>=0.300.0 <0.400.0',
  '@opentelemetry/exporter-trace-otlp-http': '>=0.300.0 <0.400.0',
  '@opentelemetry/resources': '3',
  '@opentelemetry/sdk-metrics': '3',
  '@opentelemetry/sdk-trace': '3',
};

export const NO_OTEL: Otel = { name: 'none', app: 'otel-none', how: 'none', minNode: 20, dependencies: {} };
const OTEL_2_GLOBAL: Otel = {
  name: '2.x, global',
  app: 'otel-2',
  how: 'global',
  minNode: 20,
  shows: '@opentelemetry/sdk-metrics',
  dependencies: otel2Packages,
};
const OTEL_3_GLOBAL: Otel = {
  name: '3.x, global',
  app: 'otel-3',
  how: 'global',
  minNode: 22,
  shows: '@opentelemetry/sdk-metrics',
  dependencies: otel3Packages,
};

const SDKS = [SDK_1_15, SDK_1_24, SDK_1_NEWEST, SDK_2_NEWEST];
const OTELS = [
  NO_OTEL,
  OTEL_2_GLOBAL,
  { ...OTEL_2_GLOBAL, name: '2.x, config', how: 'config' as const },
  OTEL_3_GLOBAL,
  { ...OTEL_3_GLOBAL, name: '3.x, config', how: 'config' as const },
];
const NODES = ['20', '22', '24'];
/** The oldest that `engines` allows. */
const OLDEST_NODE = '20.6.0';

/** Every combination that can exist. */
export function allCells(): Cell[] {
  const formats = ['esm', 'cjs'] as const;
  const oldest = [SDK_1_NEWEST, SDK_2_NEWEST].flatMap((sdk) =>
    formats.map((format) => ({ sdk, otel: NO_OTEL, format, node: OLDEST_NODE })),
  );
  const cells = SDKS.flatMap((sdk) =>
    OTELS.flatMap((otel) =>
      NODES.filter((node) => Number(node) >= otel.minNode).flatMap((node) =>
        formats.map((format) => ({ sdk, otel, format, node })),
      ),
    ),
  );
  return [...cells, ...oldest];
}

/** Of some cells those whose application has no telemetry of its own, again without any. */
export function registeredCells(cells: readonly Cell[]): Cell[] {
  return cells.filter(({ otel }) => otel.how === 'none').map((cell) => ({ ...cell, registered: true }));
}

/** The few that tell most, on this Node.js alone. */
export function shortCells(): Cell[] {
  const pairs: [McpSdk, Format][] = [
    [SDK_1_15, 'cjs'],
    [SDK_1_NEWEST, 'esm'],
    [SDK_2_NEWEST, 'esm'],
  ];
  return pairs.flatMap(([sdk, format]) =>
    [NO_OTEL, OTEL_2_GLOBAL].map((otel) => ({ sdk, otel, format, node: currentNode })),
  );
}
