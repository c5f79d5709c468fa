import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { runOrThrow } from '../../../tools/support/children.ts';
import { documentedLines } from './documented.ts';
import type { Framework, Way } from './frameworks.ts';

const APPS = fileURLToPath(new URL('apps', import.meta.url));

/** In place of the package, where a server is run bare whose own code asks for telemetry. */
const DOES_NOTHING = `
export class TelemetryManager {
  instrument() { return this; }
  async forceFlush() {}
  async shutdown() {}
}
export const installShutdownHooks = () => () => {};
`;

/** None of them sends home what is tried here. */
const QUIET = {
  DO_NOT_TRACK: '1',
  MASTRA_TELEMETRY_DISABLED: '1',
  MCP_USE_ANONYMIZED_TELEMETRY: 'false',
  NEXT_TELEMETRY_DISABLED: '1',
  SKYBRIDGE_TELEMETRY_DISABLED: '1',
};

/** What the applications of one framework are made of. */
export interface Parts {
  framework: Framework;
  /** Folder whose `node_modules` has the framework. */
  installed: string;
  /** Folder whose `node_modules` has the packed package. */
  packed: string;
  /** Inside of `installed`: what is in here finds the framework. */
  scratch: string;
  node: string;
}

/** A server as its author has it. */
export interface Application {
  folder: string;
  env: Record<string, string>;
  /** Node's arguments; the port is for those that do not take it from the environment. */
  args(port: string): string[];
}

/** Lays a server out, and builds it where its framework does; what is there already is taken. */
export async function layOut(parts: Parts, way: Way, isInstrumented: boolean): Promise<Application> {
  const { framework, installed, scratch, node } = parts;
  const { main } = framework;
  const lines = await documentedLines(framework.heading);
  const code = way.adapt?.(lines.code) ?? lines.code;
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 8);
  const folder = path.join(scratch, `${isInstrumented ? 'instrumented' : 'bare'}-${hash}`);
  const env = { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...QUIET, ...way.env };
  const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
  if (isNew) {
    await writeFile(path.join(folder, 'package.json'), '{ "type": "module", "private": true }');
    await putPackage(isInstrumented, parts.packed, path.join(folder, 'node_modules'));
    await writeApp(path.join(APPS, framework.app ?? framework.name), folder);
    await writeModule(path.join(folder, lines.file), code);
  }
  if (typeof main === 'string') {
    const first = isInstrumented && framework.lines === 'first' ? ['--import', `./${asJs(lines.file)}`] : [];
    return { folder, env, args: () => [...first, asJs(main)] };
  }
  const command = path.join(installed, main.command);
  if (isNew) await runOrThrow(node, [command, ...main.build], { cwd: folder, env });
  return { folder, env, args: (port) => [command, ...main.start(port)] };
}

async function putPackage(isInstrumented: boolean, packed: string, modules: string): Promise<void> {
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

async function writeApp(app: string, folder: string): Promise<void> {
  for (const name of await readdir(app, { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    await writeModule(path.join(folder, name), await readFile(path.join(app, name), 'utf8'));
  }
}

/** TypeScript as a module that Node runs. */
async function writeModule(file: string, code: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const compiled = ts.transpile(code, {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2022,
    experimentalDecorators: true,
  });
  await writeFile(asJs(file), compiled);
}

function asJs(file: string): string {
  return file.replace(/\.ts$/, '.js');
}
