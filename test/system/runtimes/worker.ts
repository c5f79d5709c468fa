import { writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

/** From this date on, workerd has every module of Node's that the package imports. */
const COMPATIBILITY_DATE = '2026-03-17';
const BUILTIN = new RegExp(`^(node:)?(${builtinModules.join('|')})$`);

/** Node's modules are the runtime's, also for CommonJS, which asks for them by `require`. */
const nodeModules: Plugin = {
  name: 'node-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: BUILTIN }, ({ path: name, kind }) => {
      const module = name.startsWith('node:') ? name : `node:${name}`;
      return kind === 'require-call'
        ? { path: module, namespace: 'required' }
        : { path: module, external: true };
    });
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path: name }) => ({
      contents: `import all from '${name}'; module.exports = all;`,
    }));
  },
};

/** Bundles a worker as Cloudflare's tools do: workerd finds no packages by itself. */
export async function bundleWorker(file: string): Promise<void> {
  await build({
    entryPoints: [file],
    outfile: bundleOf(file),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    plugins: [nodeModules],
    logLevel: 'silent',
  });
}

/** @returns the file that workerd is started with, beside the bundle. */
export async function writeWorkerConfig(
  folder: string,
  file: string,
  { PORT, ...env }: Record<string, string>,
): Promise<string> {
  const texts = Object.entries(env).map(
    ([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`,
  );
  const isObject = file.startsWith('sessions');
  const bindings = isObject ? [...texts, '(name = "SESSIONS", durableObjectNamespace = "Sessions")'] : texts;
  const objects = `
  durableObjectNamespaces = [(className = "Sessions", uniqueKey = "sessions")],
  durableObjectStorage = (inMemory = void),`;
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${PORT}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "${path.basename(bundleOf(file))}")],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  compatibilityFlags = ["nodejs_compat"],${isObject ? objects : ''}
  bindings = [${bindings.join(', ')}],
);
`;
  const name = `${path.parse(file).name}.capnp`;
  await writeFile(path.join(folder, name), config);
  return name;
}

function bundleOf(file: string): string {
  return file.replace(/\.js$/, '.bundle.mjs');
}
