import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';

/** In place of the package, where a server is run bare whose own code asks for telemetry. */
const DOES_NOTHING = `
export class TelemetryManager {
  instrument() { return this; }
  async forceFlush() {}
  async shutdown() {}
}
export const installShutdownHooks = () => () => {};
`;

/** Puts the packed package beside an application, or one that does nothing in its place. */
export async function putPackage(isInstrumented: boolean, packed: string, modules: string): Promise<void> {
  if (isInstrumented) {
    // OpenTelemetry's API is found in the install around it, where the framework finds it too.
    const filter = (file: string): boolean =>
      !/node_modules[\\/](\.|@opentelemetry)/.test(file.slice(packed.length));
    await cp(path.join(packed, 'node_modules'), modules, { recursive: true, filter });
    return;
  }
  const folder = path.join(modules, 'mcp-sessionscope');
  await mkdir(folder, { recursive: true });
  const manifest = { name: 'mcp-sessionscope', version: '0.0.0', type: 'module', exports: './index.js' };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'index.js'), DOES_NOTHING);
}

/** Copies an application's sources, compiled. */
export async function writeApp(app: string, folder: string): Promise<void> {
  for (const name of await readdir(app, { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    await writeModule(path.join(folder, name), await readFile(path.join(app, name), 'utf8'));
  }
}

/** TypeScript as a module that Node runs. */
export async function writeModule(file: string, code: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const compiled = ts.transpile(code, {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2022,
    experimentalDecorators: true,
  });
  await writeFile(asJs(file), compiled);
}

/** What a source is called once it is compiled. */
export function asJs(file: string): string {
  return file.replace(/\.ts$/, '.js');
}
