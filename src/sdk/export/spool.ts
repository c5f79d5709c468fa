import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logOnce } from '../diagnostics/log.ts';
import { mayDo } from './permissions.ts';
import { defaultRecordingDir, homeFolder } from './recording-dir.ts';

/**
 * Requests that no receiver has taken, kept for who outlives the process: files of OTLP JSON lines, as the file
 * exporter's are, so that `replay` reads them. A name says everything else:
 * `<made, ms>-<random>.<receiver>.<taken until, ms; 0: nobody's>.<signal>.jsonl`. Who wants to send a file takes it by renaming it,
 * which succeeds for one process only; when the time in the name has passed, it is free again.
 */
export interface SpoolFile {
  readonly dir: string;
  readonly name: string;
  /** When it was made, and a random part. */
  readonly id: string;
  readonly madeAt: number;
  readonly receiver: string;
  readonly takenUntil: number;
  readonly signal: 'traces' | 'metrics';
}

/** Names of the files that a spool holds. */
export const SPOOLED_FILE = /^((\d+)-[0-9a-f]+)\.([0-9a-f]+)\.(\d+)\.(traces|metrics)\.jsonl$/;
const MAX_AGE_MS = 7 * 24 * 60 * 60_000;
const MAX_FILES = 50;
const MAX_BYTES = 20 * 1024 * 1024;

/**
 * What a receiver is known by. The headers are part of it: with another key, one customer's spans would reach another
 * one. Cut, so that nothing can be read out of it.
 */
export function receiverKey(url: string, headers: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([url, sorted]))
    .digest('hex')
    .slice(0, 12);
}

/** The folders that a spool can be in: beside the recordings, and where that cannot be written, the system's. */
export function spoolDirs(): string[] {
  const dirs: string[] = [];
  try {
    dirs.push(join(defaultRecordingDir(process.env, homeOrThrow), 'spool'));
  } catch {
    // A container without users has no home.
  }
  const user = process.getuid === undefined ? 'spool' : userId();
  if (user !== undefined) dirs.push(join(tmpdir(), `mcp-sessionscope-${user}`));
  return dirs.filter((path) => mayDo({ name: 'read', path }, { name: 'write', path }));
}

/**
 * Writes a file in the first folder that takes it.
 *
 * @param takenForMs - for how long it belongs to somebody
 * @returns `undefined` where no folder takes it
 */
export function keep(
  dirs: readonly string[],
  file: Pick<SpoolFile, 'receiver' | 'signal'>,
  requests: readonly Uint8Array[],
  takenForMs: number,
): SpoolFile | undefined {
  const madeAt = Date.now();
  const id = `${madeAt}-${randomBytes(4).toString('hex')}`;
  for (const dir of dirs) {
    const kept = named({ ...file, dir, id, madeAt, takenUntil: 0 }, until(takenForMs));
    try {
      makeOwn(dir);
      const lines = linesOf(requests);
      prune(dir, lines.length);
      writeFileSync(pathOf(kept), lines, { mode: 0o600, flag: 'wx' });
      return kept;
    } catch {
      removeQuietly(pathOf(kept));
    }
  }
  return undefined;
}

/** The files that are nobody's at the moment, oldest first. */
export function freeFiles(
  dirs: readonly string[],
  receiver: string,
  signal: SpoolFile['signal'],
): SpoolFile[] {
  const now = Date.now();
  return dirs
    .flatMap(filesIn)
    .filter((file) => file.receiver === receiver && file.signal === signal)
    .filter(({ takenUntil, madeAt }) => takenUntil < now && now - madeAt < MAX_AGE_MS)
    .sort((a, b) => a.madeAt - b.madeAt);
}

/** How many files of a receiver somebody is sending at the moment. */
export function countTaken(dirs: readonly string[], receiver: string): number {
  const now = Date.now();
  return dirs.flatMap(filesIn).filter((file) => file.receiver === receiver && file.takenUntil >= now).length;
}

/**
 * @param forMs - 0 gives the file back
 * @returns the file under its new name, or `undefined` where another process was faster
 */
export function take(file: SpoolFile, forMs: number): SpoolFile | undefined {
  const taken = named(file, until(forMs));
  try {
    renameSync(pathOf(file), pathOf(taken));
    return taken;
  } catch {
    return undefined;
  }
}

export function pathOf({ dir, name }: SpoolFile): string {
  return join(dir, name);
}

/** The file as it is called when it is taken until then; 0 stands for nobody's. */
export function named(file: Omit<SpoolFile, 'name'> & { id: string }, takenUntil: number): SpoolFile {
  const { id, receiver, signal } = file;
  return { ...file, takenUntil, name: `${id}.${receiver}.${takenUntil}.${signal}.jsonl` };
}

function until(forMs: number): number {
  return forMs === 0 ? 0 : Date.now() + forMs;
}

function linesOf(requests: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (const request of requests) {
    bytes += request.length + 1;
    if (bytes > MAX_BYTES) break;
    parts.push(request, Buffer.from('\n'));
  }
  return Buffer.concat(parts);
}

/** A folder that somebody else could have made, or can look into, is no place for telemetry. */
function makeOwn(dir: string): void {
  if (mkdirSync(dir, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(dir, 0o700);
  const info = lstatSync(dir);
  const user = userId();
  const isOthers = user !== undefined && info.uid !== user;
  const isOpen = process.getuid !== undefined && (info.mode & 0o077) !== 0;
  if (!info.isDirectory() || isOthers || isOpen) throw new Error(`${dir} is not this user's own folder`);
}

/** Makes room for a file of so many bytes: what is too old goes, then the oldest. */
function prune(dir: string, bytes: number): void {
  const files = filesIn(dir)
    .map((file) => ({ ...file, bytes: sizeOf(pathOf(file)) }))
    .sort((a, b) => b.madeAt - a.madeAt);
  const oldest = Date.now() - MAX_AGE_MS;
  let [room, count, isLost] = [MAX_BYTES - bytes, 1, false];
  for (const file of files) {
    room -= file.bytes;
    count += 1;
    if (file.madeAt >= oldest && room >= 0 && count <= MAX_FILES) continue;
    removeQuietly(pathOf(file));
    isLost = true;
  }
  // Traces and metrics of several managers are kept one after the other.
  if (!isLost) return;
  logOnce(
    `telemetry that was never sent was removed from ${dir}: at most 7 days, ${MAX_FILES} files and 20 MB are kept`,
  );
}

function filesIn(dir: string): SpoolFile[] {
  return namesIn(dir).flatMap((name) => {
    const [, id, madeAt, receiver, takenUntil, signal] = SPOOLED_FILE.exec(name) ?? [];
    if (id === undefined || receiver === undefined) return [];
    const file = { dir, name, id, madeAt: Number(madeAt), receiver, takenUntil: Number(takenUntil) };
    return [{ ...file, signal: signal as SpoolFile['signal'] }];
  });
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    // Nothing was ever kept here.
    return [];
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The folder cannot be written, which the write has found too.
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    // Sent by another process meanwhile.
    return 0;
  }
}

function homeOrThrow(): string {
  if (!mayDo({ name: 'sys', kind: 'homedir' })) throw new Error('not permitted');
  return homeFolder();
}

/** `undefined` on Windows, which has none, and where Deno may not tell it. */
function userId(): number | undefined {
  return mayDo({ name: 'sys', kind: 'uid' }) ? process.getuid?.() : undefined;
}
