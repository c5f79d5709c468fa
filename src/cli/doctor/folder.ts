import { accessSync, constants, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { defaultRecordingDir } from '../../sdk/export/recording-dir.ts';
import type { CliIo } from '../io.ts';
import { type Check, failed, ok, warning } from './check.ts';

const CHECK = 'recording folder';

/**
 * The folder of the `file` exporter: whether it can be written, and who else can read it. Not everybody
 * writes files, so a folder that nobody named and that cannot be written is a warning.
 */
export function checkRecordingFolder({ env, homedir }: Pick<CliIo, 'env' | 'homedir'>): Check {
  const isNamed = (env['MCP_SESSIONSCOPE_DIR'] ?? '').trim() !== '';
  const problem = isNamed ? failed : warning;
  let dir: string;
  try {
    dir = resolve(defaultRecordingDir(env, homedir));
  } catch (error) {
    return problem(CHECK, {
      what: (error as Error).message,
      fix: 'Name a folder in MCP_SESSIONSCOPE_DIR.',
    });
  }
  const fix = isNamed
    ? 'Name a folder that this user can write to, or change its permissions.'
    : "This matters for `run`, `proxy` and exporterType 'file' (MCP_SESSIONSCOPE_EXPORTER_TYPE=file) only: name another " +
      'folder in MCP_SESSIONSCOPE_DIR.';
  const { info, reason } = statOf(dir);
  if (reason !== undefined) return problem(CHECK, { what: `cannot look at ${dir}: ${reason}`, fix });
  if (info === undefined) return missingFolder(dir, (what) => problem(CHECK, { what, fix }));
  if (!info.isDirectory()) return problem(CHECK, { what: `${dir} is not a folder`, fix });
  try {
    tryToWrite(dir);
  } catch (error) {
    return problem(CHECK, { what: `cannot write to ${dir}: ${(error as Error).message}`, fix });
  }
  return permissionsCheck(dir, info);
}

function permissionsCheck(dir: string, { mode }: Stats): Check {
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    return warning(CHECK, {
      what: `${dir} can be written, and others can look into it (mode ${(mode & 0o777).toString(8)})`,
      fix: `Recordings may hold what your users typed: chmod 700 ${dir}`,
    });
  }
  return ok(CHECK, `${dir} can be written, by its owner only`);
}

/** The exporter makes it when it is needed. */
function missingFolder(dir: string, problem: (what: string) => Check): Check {
  let above = dirname(dir);
  while (statOf(above).info === undefined && above !== dirname(above)) above = dirname(above);
  try {
    accessSync(above, constants.W_OK | constants.X_OK);
    return ok(CHECK, `${dir} will be made when it is needed`);
  } catch {
    return problem(`${dir} cannot be made: ${above} is not writable`);
  }
}

function tryToWrite(dir: string): void {
  const path = join(dir, `.mcp-sessionscope-doctor-${process.pid}`);
  try {
    writeFileSync(path, 'x', { mode: 0o600 });
  } finally {
    rmSync(path, { force: true });
  }
}

/** Neither where there is nothing. */
function statOf(path: string): { info?: Stats; reason?: string } {
  try {
    return { info: statSync(path) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? {} : { reason: message };
  }
}
