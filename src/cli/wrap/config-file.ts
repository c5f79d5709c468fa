import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
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
/** What is written before it takes the place of the file, behind its name and a UUID. */
const UNFINISHED = '.tmp';
const UUID_NAME = /^\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/;
/** Whoever wrote it was killed: nobody takes so long, in milliseconds. */
const ABANDONED_MS = 60_000;
/** Two are in use: as it was before `wrap`, and before `unwrap`. More mean that the user has changed it in between. */
const MAX_BACKUPS = 1_000;

/** @throws NotUnderstoodError where it is no text */
export function readConfigFile(path: string): ConfigFile {
  const target = forUsers(path, 'read', () => realpathSync(path));
  // To read a pipe would be to wait for whoever writes to it.
  if (!forUsers(path, 'read', () => statSync(target)).isFile()) throw new CliError(`${path} is no file`, 1);
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
    if (owner.nlink > 1) {
      throw new CliError(`${target} has another name (a hard link), under which it would stay as it is`, 1);
    }
    removeAbandoned(target);
    const backup = backUp(target, bytes, owner);
    const beside = `${target}.${randomUUID()}${UNFINISHED}`;
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
    if (isWrittenNew(path, bytes, owner) || isKeptIn(path, bytes)) return path;
  }
  throw new CliError(`${target} has ${MAX_BACKUPS} backups: remove those that you do not need`, 1);
}

/** Where something has the name, a link that leads nowhere or the backup of another run at once, it is not written. */
function isWrittenNew(path: string, bytes: Buffer, owner: Stats): boolean {
  try {
    writeNew(path, bytes, owner);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isKeptIn(path: string, bytes: Buffer): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path).equals(bytes);
}

/** The file is full of secrets: it is never there with more rights than it should have, nor in half. */
function writeNew(path: string, bytes: Buffer, owner: Stats): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
    giveTo(file, owner);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** An administrator may change the file of another user. Who is none gives it to the group, where that is allowed. */
function giveTo(file: number, { mode, uid, gid }: Stats): void {
  const { uid: ownUid, gid: ownGid } = fstatSync(file);
  if (process.getuid?.() === 0) fchownSync(file, uid, gid);
  else if (gid !== ownGid) {
    try {
      fchownSync(file, ownUid, gid);
    } catch {
      // A group that the user is not in: the file is the user's alone then.
    }
  }
  fchmodSync(file, mode & 0o7777);
}

/** It has the secrets of the file in it. */
function removeAbandoned(target: string): void {
  const name = basename(target);
  for (const each of readdirSync(dirname(target))) {
    const isOurs = each.startsWith(`${name}.`) && UUID_NAME.test(each.slice(name.length));
    const path = join(dirname(target), each);
    const info = isOurs ? lstatSync(path, { throwIfNoEntry: false }) : undefined;
    if (info !== undefined && Date.now() - info.mtimeMs > ABANDONED_MS) rmSync(path, { force: true });
  }
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
