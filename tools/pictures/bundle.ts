import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PAGE = fileURLToPath(new URL('./page/page.mjs', import.meta.url));
const IN_BROWSER = fileURLToPath(new URL('./page/browser-grafana.ts', import.meta.url));
const MODULES = fileURLToPath(new URL('./node_modules', import.meta.url));

/** The page, its script and its styles in one HTML document. */
export async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [PAGE],
    bundle: true,
    write: false,
    outdir: 'out',
    format: 'iife',
    platform: 'browser',
    target: 'chrome120',
    nodePaths: [MODULES],
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    loader: { '.svg': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl' },
    logLevel: 'error',
    plugins: [
      {
        name: 'grafana-in-the-browser',
        setup: ({ onResolve }) => onResolve({ filter: /^\.\/grafana\.ts$/ }, () => ({ path: IN_BROWSER })),
      },
    ],
  });
  const textOf = (ending: string): string =>
    outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  const script = textOf('.js').replaceAll('</script', '<\\/script');
  return `<!doctype html><meta charset="utf-8"><style>body{margin:0}${textOf('.css')}</style><div id="root"></div><script>${script}</script>`;
}
