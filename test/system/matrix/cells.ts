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
  app: 'otel-none' | 'otel-2' | 'otel-3' | 'node-sdk' | 'beside-auto';
  /**
   * `global`: registered before the server is instrumented; `config`: given to the manager; the others: loaded before an
   * application that knows nothing of telemetry, with our instrumentation.
   */
  how: 'none' | 'global' | 'config' | 'NodeSDK' | 'auto';
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

const nodeSdk = (line: string, version: string, minNode: number): Otel => ({
  name: `${line}, NodeSDK`,
  app: 'node-sdk',
  how: 'NodeSDK',
  minNode,
  shows: '@opentelemetry/instrumentation',
  dependencies: { '@opentelemetry/instrumentation': version, '@opentelemetry/sdk-node': version },
});
const besideAuto = (line: string, version: string, minNode: number): Otel => ({
  name: `${line}, auto`,
  app: 'beside-auto',
  how: 'auto',
  minNode,
  shows: '@opentelemetry/instrumentation',
  dependencies: {
    '@opentelemetry/instrumentation': line === '2.x' ? '>=0.200.0 <0.300.0' : '>=0.300.0 <0.400.0',
    '@opentelemetry/auto-instrumentations-node': version,
  },
});
/** The oldest that is supported. */
const NODE_SDK_OLDEST = nodeSdk('2.x', '0.200.0', 20);
const NODE_SDK_2 = nodeSdk('2.x', '>=0.200.0 <0.300.0', 20);
const AUTO_NEWEST = besideAuto('3.x', 'latest', 22);
const WITH_INSTRUMENTATION = [
  NODE_SDK_OLDEST,
  NODE_SDK_2,
  nodeSdk('3.x', '>=0.300.0 <0.400.0', 22),
  /** The last of the line. */
  besideAuto('2.x', '0.81', 20),
  AUTO_NEWEST,
];

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

/** Applications that know nothing of telemetry, with our instrumentation in their OpenTelemetry; on the oldest and the newest Node.js. */
export function instrumentedCells(isShort: boolean): Cell[] {
  if (isShort) {
    return [
      { sdk: SDK_1_NEWEST, otel: NODE_SDK_2, format: 'cjs', node: currentNode },
      { sdk: SDK_2_NEWEST, otel: NODE_SDK_2, format: 'esm', node: currentNode },
    ];
  }
  return [SDK_1_15, SDK_1_NEWEST, SDK_2_NEWEST]
    .flatMap((sdk) =>
      WITH_INSTRUMENTATION.flatMap((otel) =>
        [String(otel.minNode), '24'].flatMap((node) =>
          (['esm', 'cjs'] as const).map((format) => ({ sdk, otel, format, node })),
        ),
      ),
    )
    .filter(goTogether);
}

function goTogether({ sdk, otel, format }: Cell): boolean {
  // The client of the oldest SDK ends a server by a signal, which the auto-instrumentations keep from ending it.
  if (otel.how === 'auto' && sdk === SDK_1_15) return false;
  // Before 0.212 the base class shows no files of an ESM package, and SDK 1.x has nothing else.
  return otel !== NODE_SDK_OLDEST || format === 'cjs' || sdk.app === 'mcp-v2';
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
