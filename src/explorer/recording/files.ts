import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UnavailableError } from '../unavailable-error.ts';

/** A file of a recording as it was when it was found: what is appended later belongs to the next look. */
export interface RecordingFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * The files at a path that hold traces: those of a folder, or the one file that is named.
 *
 * @throws {@link UnavailableError} where there is nothing to read, saying how to record
 */
export function findTraceFiles(path: string): Promise<RecordingFile[]> {
  return findFiles(path, mayHoldTraces);
}

/** The same for logs; none where a recording has none. */
export async function findLogFiles(path: string): Promise<RecordingFile[]> {
  return findFiles(path, mayHoldLogs).catch((error: unknown) => {
    if (error instanceof UnavailableError) return [];
    throw error;
  });
}

/**
 * The files at a path that hold anything, in the order in which they were written.
 *
 * @throws {@link UnavailableError} where there is nothing to read, saying how to record
 */
export async function findSignalFiles(path: string): Promise<RecordingFile[]> {
  const files = await findFiles(path, (name) => name.endsWith('.jsonl'));
  const inOrder = new Intl.Collator('en', { numeric: true });
  return files.sort((a, b) => inOrder.compare(orderKey(a.path), orderKey(b.path)));
}

async function findFiles(path: string, mayBe: (name: string) => boolean): Promise<RecordingFile[]> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new UnavailableError(`there is no ${path}\n${howToRecord()}`);
    throw new UnavailableError(`cannot read ${path}: ${error.message}`);
  });
  if (!info.isDirectory()) return [{ path, size: info.size }];
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    throw new UnavailableError(`cannot read ${path}: ${error.message}`);
  });
  const files = await Promise.all(
    names
      .filter(mayBe)
      .sort()
      .map((name) => sizeUp(join(path, name))),
  );
  const found = files.filter((file) => file !== undefined);
  if (found.length === 0) throw new UnavailableError(`there is no recording in ${path}\n${howToRecord()}`);
  return found;
}

/** Rotated files have a number (`.traces.1.jsonl`); files of a collector have names of their own. */
export function mayHoldTraces(name: string): boolean {
  return name.endsWith('.jsonl') && !/\.(metrics|logs)\b/.test(name);
}

/** Logs may stand among traces: a file can hold several signals, a line one. */
export function mayHoldLogs(name: string): boolean {
  return name.endsWith('.jsonl') && !/\.metrics\b/.test(name);
}

/** The first file of a process has no number: `a.traces.jsonl` comes before `a.traces.1.jsonl`. */
function orderKey(path: string): string {
  return path.replace(/\.(traces|metrics|logs)\.jsonl$/, '.$1.0.jsonl');
}

async function sizeUp(path: string): Promise<RecordingFile | undefined> {
  try {
    const info = await stat(path);
    return info.isFile() ? { path, size: info.size } : undefined;
  } catch {
    // Rotated away since the folder was listed.
    return undefined;
  }
}

function howToRecord(): string {
  return [
    'To record, give the server this option:',
    "    instrumentServer(server, { exporterType: 'file' })",
    'It writes to ~/.mcp-sessionscope, or to the folder that MCP_SESSIONSCOPE_DIR names.',
    'To read another place, name its folder or file.',
  ].join('\n');
}
