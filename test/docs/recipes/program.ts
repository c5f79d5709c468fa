import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { removeFolderSync } from '../../../tools/support/remove-folder.ts';
import { ROOT } from '../blocks.ts';

export type Format = 'esm' | 'cjs';

const PACKAGES = ['@modelcontextprotocol', '@opentelemetry', 'pino', 'winston', 'zod'];
const folders: string[] = [];

/** Writes TypeScript as a program in one format, beside the packages that a user has installed. */
export function writeProgram(code: string, format: Format): string {
  const folder = mkdtempSync(join(tmpdir(), 'recipe-'));
  folders.push(folder);
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of PACKAGES) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  symlinkSync(ROOT, join(modules, 'mcp-sessionscope'));
  const path = join(folder, format === 'esm' ? 'program.mjs' : 'program.cjs');
  writeFileSync(path, compiled(code, format));
  return path;
}

/** Call in `afterEach`. */
export function removePrograms(): void {
  for (const folder of folders.splice(0)) removeFolderSync(folder);
}

function compiled(code: string, format: Format): string {
  const module = format === 'esm' ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS;
  return ts.transpile(code, { module, target: ts.ScriptTarget.ES2022, esModuleInterop: true });
}
