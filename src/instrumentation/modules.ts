import {
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';

/** Where an MCP SDK has its servers and clients. */
interface Sdk {
  readonly name: string;
  readonly versions: string[];
  /** Those that export the classes. */
  readonly files: readonly string[];
}

const SDKS: readonly Sdk[] = [
  {
    name: '@modelcontextprotocol/sdk',
    versions: ['>=1.15.0 <2'],
    files: ['esm', 'cjs'].flatMap((format) =>
      ['server/index', 'server/mcp', 'client/index'].map((file) => `dist/${format}/${file}.js`),
    ),
  },
  ...['server', 'client'].map((end) => ({
    name: `@modelcontextprotocol/${end}`,
    versions: ['>=2.0.0 <3'],
    files: ['dist/index.mjs', 'dist/index.cjs'],
  })),
];

/** The classes whose objects connect. */
const ENDS = ['McpServer', 'Server', 'Client'] as const;

/** Tells of the exports of the SDKs' modules, whichever of them is loaded first. */
export function definitionsOf(found: (exports: unknown) => void): InstrumentationNodeModuleDefinition[] {
  const patch = (exports: unknown): unknown => {
    found(exports);
    return exports;
  };
  // What stands before the classes is removed for all of them: the base class knows only the last that was loaded.
  const unpatch = (): void => {};
  return SDKS.map(({ name, versions, files }) => {
    // Where the entry is no main file, such as the ESM one beside a CommonJS one, it counts as a file inside.
    const inside = files.map(
      (file) => new InstrumentationNodeModuleFile(`${name}/${file}`, versions, patch, unpatch),
    );
    return new InstrumentationNodeModuleDefinition(name, versions, patch, unpatch, inside);
  });
}

/** Whether a module is one of the SDKs', by its path. */
export function isOfSdk(path: string): boolean {
  if (!path.includes('@modelcontextprotocol')) return false;
  const normal = path.replaceAll('\\', '/');
  return SDKS.some(({ name, files }) =>
    files.some((file) => normal.endsWith(`/node_modules/${name}/${file}`)),
  );
}

/** The prototypes of the servers and clients that a module exports. */
export function endsIn(exports: unknown): object[] {
  if (typeof exports !== 'object' || exports === null) return [];
  return ENDS.map((name): unknown => Reflect.get(exports, name))
    .map((end): unknown => (typeof end === 'function' ? end.prototype : undefined))
    .filter(
      (prototype): prototype is object =>
        typeof prototype === 'object' &&
        prototype !== null &&
        typeof Reflect.get(prototype, 'connect') === 'function',
    );
}
