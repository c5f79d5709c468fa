import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { defineConfig, type Options } from 'tsup';

/** Small OpenTelemetry internals that the four run-time packages bring anyway; bundled, so that nothing undeclared is imported. */
const bundled = [
  '@opentelemetry/core',
  '@opentelemetry/resources',
  '@opentelemetry/otlp-transformer',
  '@opentelemetry/context-async-hooks',
];

const common = {
  target: 'node20',
  platform: 'node',
  sourcemap: false,
  splitting: false,
  clean: false,
  treeshake: true,
} as const;

/** Leaves `require` as it is written, so that bundlers see what is loaded; shaking the tree a second time would not. */
const plainRequire = { format: ['cjs'], treeshake: false } satisfies Options;

/** CommonJS code in an ESM bundle asks for Node's modules by `require`. */
const requireInEsm =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

type Plugin = NonNullable<Options['plugins']>[number];

/** The names of chunks change with what is in them: those of earlier builds would be packed too. */
const withoutStaleChunks: Plugin = {
  name: 'without-stale-chunks',
  async buildEnd({ writtenFiles }) {
    const { outDir } = this.options;
    const written = new Set(writtenFiles.map(({ name }) => basename(name)));
    const stale = (await readdir(outDir)).filter((name) => /^cli-.+\.js$/.test(name) && !written.has(name));
    await Promise.all(stale.map((name) => rm(join(outDir, name))));
  },
};

export default defineConfig([
  {
    ...common,
    entry: { index: 'src/index.ts' },
    format: ['esm', 'cjs'],
    dts: true,
    noExternal: ['@opentelemetry/core'],
    external: ['./load-sdk.cjs'],
    esbuildOptions(options) {
      options.mainFields = ['module', 'main'];
    },
  },
  {
    ...common,
    ...plainRequire,
    entry: { 'load-sdk': 'src/sdk/export/load-sdk.cts' },
    external: ['./sdk.cjs'],
  },
  {
    // The only chunk that loads the OpenTelemetry SDK: one file, shared by the ESM and the CommonJS entry.
    ...common,
    ...plainRequire,
    entry: { sdk: 'src/sdk/export/sdk.ts' },
    noExternal: bundled,
    esbuildOptions(options) {
      options.mainFields = ['module', 'main'];
    },
  },
  {
    ...common,
    // What only some commands need is in chunks of its own, beside the entry, so that `./load-sdk.cjs` is there for each.
    entry: { cli: 'src/cli/main.ts' },
    format: ['esm'],
    splitting: true,
    banner: { js: requireInEsm },
    // One copy of the API, which the SDK chunk asks for too.
    noExternal: [/^(?!\.\/load-sdk\.cjs$|@opentelemetry\/api$)/],
    external: ['./load-sdk.cjs', '@opentelemetry/api'],
    esbuildOptions(options) {
      options.chunkNames = 'cli-[name]-[hash]';
      // Two fifths smaller; names stay, so that a stack says where something went wrong.
      Object.assign(options, { minify: true, keepNames: true });
    },
    plugins: [withoutStaleChunks],
  },
  {
    // The page of `mcp-sessionscope ui`: three files, with all that they need; and the recording that it can show.
    ...common,
    entry: {
      'page/page': 'src/explorer/page/main.tsx',
      'page/index': 'src/explorer/page/index.html',
      'page/demo': 'src/explorer/page/demo.jsonl',
    },
    format: ['esm'],
    platform: 'browser',
    target: 'es2022',
    minify: true,
    noExternal: [/./],
    tsconfig: 'src/explorer/page/tsconfig.json',
    loader: { '.html': 'copy', '.jsonl': 'copy' },
    esbuildOptions(options) {
      options.alias = {
        react: 'preact/compat',
        'react-dom': 'preact/compat',
        'react/jsx-runtime': 'preact/jsx-runtime',
      };
      options.define = { ...options.define, 'process.env.NODE_ENV': '"production"' };
    },
  },
]);
