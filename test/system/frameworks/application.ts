import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { asJs, putPackage, writeApp, writeModule } from '../../../tools/support/app-folder.ts';
import { runOrThrow } from '../../../tools/support/children.ts';
import { documentedLines } from '../../../tools/support/documented.ts';
import type { Framework, Way } from './frameworks.ts';

const APPS = fileURLToPath(new URL('apps', import.meta.url));

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
  const lines = await documentedLines('docs/frameworks.md', framework.heading);
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
