import { randomUUID } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { CliError } from '../io.ts';
import { NotUnderstoodError } from './tree.ts';

/** A configuration as it was read. */
export interface ConfigFile {
  /** Where its bytes are: behind all links. */
  readonly target: string;
  readonly bytes: Buffer;
  readonly text: string;
}

/** What the backups are called, behind the name of the file. */
const BACKUP = '.sessionscope-backup';
/** Two are in use: as it was before `wrap`, and before `unwrap`. More mean that the user has changed it in between. */
const MAX_BACKUPS = 1_000;

/** @throws NotUnderstoodError where it is no text */
export function readConfigFile(path: string): ConfigFile {
  const target = forUsers(path, 'read', () => realpathSync(path));
  const bytes = forUsers(path, 'read', () => readFileSync(target));
  try {
    return { target, bytes, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    throw new NotUnderstoodError('it is not UTF-8 text');
  }
}

/**
 * Puts the text in place of what was read, in one step: nobody ever reads half of it.
 *
 * @returns the path of the file that has what was there before
 * @throws CliError where it cannot be written, or has been changed since it was read
 */
export function replaceConfigFile({ target, bytes }: ConfigFile, text: string): string {
  return forUsers(target, 'write', () => {
    accessSync(target, constants.W_OK);
    const owner = statSync(target);
    const backup = backUp(target, bytes, owner);
    const beside = `${target}.${randomUUID()}.tmp`;
    try {
      writeNew(beside, Buffer.from(text), owner);
      // Clients write their files themselves, and the user was asked in between.
      if (!readFileSync(target).equals(bytes)) {
        throw new CliError(`${target} has been changed meanwhile: run the same command again`, 1);
      }
      renameSync(beside, target);
    } finally {
      rmSync(beside, { force: true });
    }
    return backup;
  });
}

/** Keeps what was there beside the file: under a name that is free, unless it is kept already. */
function backUp(target: string, bytes: Buffer, owner: Stats): string {
  for (let i = 0; i < MAX_BACKUPS; i += 1) {
    const path = `${target}${BACKUP}${i === 0 ? '' : `-${i}`}`;
    if (!existsSync(path)) {
      writeNew(path, bytes, owner);
      return path;
    }
    if (statSync(path).isFile() && readFileSync(path).equals(bytes)) return path;
  }
  throw new CliError(`${target} has ${MAX_BACKUPS} backups: remove those that you do not need`, 1);
}

/** The file is full of secrets: it is never there with more rights than it should have. */
function writeNew(path: string, bytes: Buffer, { mode, uid, gid }: Stats): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  // An administrator may change the file of another user. Who is none cannot give it away, nor needs to.
  if (process.getuid?.() === 0) chownSync(path, uid, gid);
  chmodSync(path, mode & 0o7777);
}

function forUsers<T>(path: string, action: 'read' | 'write', act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof CliError || code === undefined) throw error;
    throw new CliError(code === 'ENOENT' ? `there is no ${path}` : `cannot ${action} ${path}: ${code}`, 1);
  }
}
