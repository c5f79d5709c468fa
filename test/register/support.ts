import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll } from '@jest/globals';
import { type BuildOptions, build } from 'esbuild';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';
import { call, initialize, initialized } from '../process/support.ts';
import { type Child, type Exit, startChild } from '../support/child.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';

const ROOT = join(__dirname, '../..');

/** What `--require` takes. */
export const REGISTER_PATH = join(ROOT, 'dist/register.cjs');
/** What `--import` takes. */
export const REGISTER = pathToFileURL(REGISTER_PATH).href;

/** A folder whose programs find the packages of the repository. */
const programs = mkdtempSync(join(tmpdir(), 'mcp-sessionscope-register-'));
symlinkSync(join(ROOT, 'node_modules'), join(programs, 'node_modules'), 'junction');
afterAll(() => removeFolderSync(programs));

/** Where the parts of the SDKs are. */
const PARTS = {
  v1: `
    import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
    import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';`,
  v2: `
    import { McpServer } from '@modelcontextprotocol/server';
    import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';`,
} as const;

export type Sdk = keyof typeof PARTS;

/** A server as somebody writes it who knows nothing of telemetry. */
export function serverText(
  sdk: Sdk,
  before = '',
  connect = 'server.connect(new StdioServerTransport())',
): string {
  return `${PARTS[sdk]}
    const server = new McpServer({ name: 'weather', version: '1.2.3' });
    server.registerTool('greet', { description: 'Greets.' }, async () => ({
      content: [{ type: 'text', text: 'hello' }],
    }));
    server.registerTool('fail', { description: 'Fails.' }, async () => {
      throw new RangeError('out of range');
    });
    server.registerTool('where', { description: 'Says where it is.' }, async () => ({
      content: [{ type: 'text', text: new Error('here').stack }],
    }));
    ${before}
    ${connect};`;
}

let written = 0;

function ownPath(name: string): string {
  written += 1;
  return join(programs, `${written}-${name}`);
}

/** Writes a file beside the packages. */
export function programFile(name: string, text: string): string {
  const path = ownPath(name);
  writeFileSync(path, text);
  return path;
}

/** What esbuild makes of a program. Default: one file, with all packages but Node's in it. */
export async function bundle(
  text: string,
  options: BuildOptions & { format: 'esm' | 'cjs' },
): Promise<string> {
  const { format } = options;
  const outfile = ownPath(`bundle.${format === 'esm' ? 'mjs' : 'cjs'}`);
  await build({
    stdin: { contents: text, resolveDir: programs, sourcefile: 'server.ts', loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    ...(format === 'esm' && options.packages !== 'external' && { banner: { js: REQUIRE_IN_ESM } }),
    ...options,
  });
  return outfile;
}

/** CommonJS code in an ESM bundle asks for Node's modules by `require`. */
const REQUIRE_IN_ESM = `import { createRequire as r } from 'node:module'; const require = r(import.meta.url);`;

/** What a client does with the server. */
export const VISIT = [initialize, initialized, call(1, 'greet'), call(2, 'fail')];
/** The answers to it. */
export const ANSWERS = 3;

export interface RegisterOptions {
  env?: Record<string, string>;
  /** Default: `--import` of `register`. */
  nodeOptions?: string[];
  execPath?: string;
  messages?: (object | string)[];
  answers?: number;
}

/** The same program without and with `register`, visited by the same client, and what was recorded. */
export async function visitBoth(
  program: string,
  options: RegisterOptions = {},
): Promise<{ bare: Exit; observed: Exit; recording: RecordingFolder }> {
  const recording = recordingFolder();
  const { nodeOptions = ['--import', REGISTER], env = {}, ...rest } = options;
  const isOurs = (option: string | undefined): boolean => option === REGISTER || option === REGISTER_PATH;
  const without = nodeOptions.filter((each, index) => !isOurs(each) && !isOurs(nodeOptions[index + 1]));
  const [bare, observed] = await Promise.all([
    visit(startChild(program, { ...rest, env, nodeOptions: without }), options),
    visit(startChild(program, { ...rest, nodeOptions, env: { ...env, ...toFiles(recording) } }), options),
  ]);
  return { bare: bare as Exit, observed: observed as Exit, recording };
}

/** The variables by which all is recorded into a folder. */
export function toFiles({ dir }: RecordingFolder): Record<string, string> {
  return { MCP_SESSIONSCOPE_EXPORTER_TYPE: 'file', MCP_SESSIONSCOPE_DIR: dir };
}

async function visit(child: Child, options: RegisterOptions): Promise<Exit> {
  child.send(...(options.messages ?? VISIT));
  await child.lines(options.answers ?? ANSWERS);
  child.endStdin();
  return child.exited;
}

/** The names of the spans, in order of the alphabet. */
export function spanNames(recording: RecordingFolder): string[] {
  return recording
    .spans()
    .map(({ name }) => name)
    .sort();
}

/** What the visit leaves behind. */
export const VISITED = [
  'initialize',
  'mcp.session end',
  'mcp.session start',
  'notifications/initialized',
  'tools/call fail',
  'tools/call greet',
];
