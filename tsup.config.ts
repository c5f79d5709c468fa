import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Options } from 'tsup';
import { REQUIRE_IN_ESM } from './tools/pack/require-in-esm.ts';
import { thirdPartyNotices } from './tools/pack/third-party-notices.ts';

const notices = thirdPartyNotices('dist/THIRD-PARTY-NOTICES.txt');

const common = {
  target: 'node20',
  platform: 'node',
  sourcemap: false,
  splitting: false,
  clean: false,
  treeshake: true,
  esbuildPlugins: [notices],
} satisfies Options;

/** Leaves `require` as it is written, so that bundlers see what is loaded; shaking the tree a second time would not. */
const plainRequire = { format: ['cjs'], treeshake: false } satisfies Options;

/** For code of others, which nobody reads here: names stay, so that a stack says where something went wrong. */
const withoutSpace = { minifyWhitespace: true, minifySyntax: true };

/** What an entry takes of the package is loaded from beside it. */
const besideIndex: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'beside-index',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/index\.ts$/ }, () => ({ path: './index.cjs', external: true }));
  },
};

type Plugin = NonNullable<Options['plugins']>[number];

/** The names of chunks change with what is in them: those of earlier builds would be packed too. */
const withoutStaleChunks = (folder: string, chunk: RegExp): Plugin => ({
  name: 'without-stale-chunks',
  async buildEnd({ writtenFiles }) {
    const dir = join(this.options.outDir, folder);
    const written = new Set(writtenFiles.map(({ name }) => basename(name)));
    const stale = (await readdir(dir)).filter((name) => chunk.test(name) && !written.has(name));
    await Promise.all(stale.map((name) => rm(join(dir, name))));
  },
});

/**
 * esbuild keeps a name by a call for each function that is made. The SDK makes one for every span: what is made after the
 * chunk is loaded goes without.
 */
const namesWhileLoading: Plugin = {
  name: 'names-while-loading',
  renderChunk(code) {
    const naming = /var ([\w$]+)=\(([\w$]+),([\w$]+)\)=>([\w$]+\(\2,"name",\{value:\3,configurable:!0\}\));/;
    if (!naming.test(code)) throw new Error('esbuild names functions in another way now');
    return { code: `${code.replace(naming, 'var loaded$=!1,$1=($2,$3)=>loaded$$?$2:$4;')}loaded$=!0;\n` };
  },
};

/** Puts what remembers in the place of the function by which the SDK finds the series of a data point. */
const rememberedSeries: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'remembered-series',
  setup({ onResolve, onEnd }) {
    let isThere = false;
    onResolve({ filter: /^\.\.\/utils$/ }, ({ importer }) => {
      if (!/sdk-metrics[\\/]build[\\/]esm[\\/]state[\\/]HashMap\.js$/.test(importer)) return undefined;
      isThere = true;
      return { path: resolve('src/sdk/export/hash-attributes.ts') };
    });
    onEnd(() => {
      if (!isThere) throw new Error('the SDK finds series in another way now');
    });
  },
};

/** It is read once, by who clicks on it. */
const packedDemo: Plugin = {
  name: 'packed-demo',
  async buildEnd() {
    const path = join(this.options.outDir, 'page/demo.jsonl');
    await writeFile(`${path}.gz`, gzipSync(await readFile(path), { level: 9 }));
    await rm(path);
  },
};

const ENTRIES = { index: 'src/index.ts', instrumentation: 'src/instrumentation/index.ts' };

/** Writes the ESM entries, which pass on what the CommonJS ones have: docs/architecture.md says why. */
const esmEntries: Plugin = {
  name: 'esm-entries',
  async buildEnd() {
    const dir = resolve(this.options.outDir);
    for (const entry of Object.keys(ENTRIES)) {
      const names = Object.keys(createRequire(import.meta.url)(join(dir, `${entry}.cjs`)));
      // Node.js searches an imported CommonJS file for names, which in all of ours takes longer than to run it.
      const named = names.map((name) => `exports.${name} = all.${name};\n`).join('');
      await writeFile(join(dir, `${entry}-names.cjs`), `const all = require('./${entry}.cjs');\n${named}`);
      await writeFile(
        join(dir, `${entry}.js`),
        `export { ${names.join(', ')} } from './${entry}-names.cjs';\n`,
      );
      await writeFile(join(dir, `${entry}.d.ts`), `export * from './${entry}.cjs';\n`);
    }
  },
};

export default defineConfig([
  {
    ...common,
    entry: ENTRIES,
    format: ['cjs'],
    // What both say is a file of its own; as no entry its name would change with what is in it.
    dts: { entry: { ...ENTRIES, types: 'src/sdk/types.ts' } },
    esbuildPlugins: [notices, besideIndex],
    noExternal: ['@opentelemetry/core', 'uuid'],
    external: ['./load-sdk.cjs'],
    // Shaking the tree a second time would print it with all its space again.
    treeshake: false,
    esbuildOptions(options) {
      options.mainFields = ['module', 'main'];
      Object.assign(options, withoutSpace);
    },
    plugins: [esmEntries],
  },
  {
    ...common,
    ...plainRequire,
    entry: { 'load-sdk': 'src/sdk/export/load-sdk.cts' },
    external: ['./sdk.cjs'],
  },
  {
    // Small, for each program of a machine may have it in NODE_OPTIONS: the package itself is loaded for a server only.
    ...common,
    ...plainRequire,
    entry: { register: 'src/register/main.cts' },
    dts: true,
    external: ['./index.cjs'],
    esbuildOptions(options) {
      options.minify = true;
    },
  },
  {
    // What Node.js below 22.15 loads of it in the thread of its loader.
    ...common,
    entry: { 'register-hooks': 'src/register/hooks.ts' },
    format: ['esm'],
    treeshake: false,
    esbuildOptions(options) {
      options.minify = true;
    },
  },
  {
    // The only chunk with the OpenTelemetry SDK: one file, shared by the ESM and the CommonJS entry. The SDK is built in, all
    // but its API, which is the application's: docs/architecture.md says why.
    ...common,
    ...plainRequire,
    entry: { sdk: 'src/sdk/export/sdk.ts' },
    noExternal: [/^@opentelemetry\/(?!api$)/],
    external: ['@opentelemetry/api'],
    esbuildOptions(options) {
      options.mainFields = ['module', 'main'];
      // A third smaller. The SDK's metrics about itself, and stacks, go by the names of classes and functions.
      Object.assign(options, { minify: true, keepNames: true });
    },
    esbuildPlugins: [...common.esbuildPlugins, rememberedSeries],
    plugins: [namesWhileLoading],
  },
  {
    ...common,
    // What only some commands need is in chunks of its own, beside the entry, so that `./load-sdk.cjs` is there for each.
    entry: { cli: 'src/cli/main.ts' },
    // Shaking the tree a second time would print what is minified with all its space again.
    treeshake: false,
    format: ['esm'],
    splitting: true,
    banner: { js: REQUIRE_IN_ESM },
    // One copy of the API, which the SDK chunk asks for too.
    noExternal: [/^(?!\.\/load-sdk\.cjs$|@opentelemetry\/api$)/],
    external: ['./load-sdk.cjs', '@opentelemetry/api'],
    esbuildOptions(options) {
      options.chunkNames = 'cli-[name]-[hash]';
      options.alias = { '@modelcontextprotocol/server/_shims': './tools/pack/mcp-server-shims.ts' };
      options.mainFields = ['module', 'main'];
      // Half the size.
      options.minify = true;
    },
    plugins: [withoutStaleChunks('.', /^cli-.+\.js$/)],
  },
  {
    // The page of `mcp-sessionscope ui`: what it needs at first sight, parts that it loads when they are first shown, and the
    // recording that it can show.
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
    treeshake: false,
    splitting: true,
    noExternal: [/./],
    tsconfig: 'src/explorer/page/tsconfig.json',
    loader: { '.html': 'copy', '.jsonl': 'copy' },
    plugins: [packedDemo, withoutStaleChunks('page', /^page-.+\.(js|css)$/)],
    esbuildOptions(options) {
      options.alias = {
        react: 'preact/compat',
        'react-dom': 'preact/compat',
        'react/jsx-runtime': 'preact/jsx-runtime',
      };
      options.chunkNames = 'page/page-[name]-[hash]';
      options.define = { ...options.define, 'process.env.NODE_ENV': '"production"' };
    },
  },
]);
