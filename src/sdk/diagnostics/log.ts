import { withoutSecrets } from '../config/shown.ts';
import { processWide } from '../process-wide.ts';

/** Characters that would make several lines of one, or act on a terminal: some messages quote a receiver. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** One line on stderr, without secrets: some messages quote a URL or a receiver. Never stdout: that is the wire of a stdio server. */
export function logLine(message: string): void {
  writeError(`mcp-sessionscope: ${withoutSecrets(message).replace(CONTROLS, ' ')}\n`);
}

/** The same, once per process: what holds for a whole environment would be said again by every manager. */
export function logOnce(message: string): void {
  const said = processWide('said', () => new Set<string>());
  if (said.has(message)) return;
  said.add(message);
  logLine(message);
}

/** Bytes that stderr may keep: where nobody reads it, what is written stays in memory. */
const MAX_UNWRITTEN_BYTES = 1024 * 1024;

/** Whether what is written on stderr is read, or can wait for it. */
export function isErrorRead(): boolean {
  // Not every runtime counts.
  return !(process.stderr.writableLength >= MAX_UNWRITTEN_BYTES);
}

let watching = false;

/**
 * Writes on stderr. That this fails, where the host has closed our stderr or nobody reads it, is nobody's business.
 */
export function writeError(text: string): void {
  try {
    if (!watching) {
      // A failed write is reported by an event, and one that nobody listens for would end the server.
      process.stderr.on('error', () => {});
      watching = true;
    }
    if (isErrorRead()) process.stderr.write(text);
  } catch {
    // There is nowhere left to say it.
  }
}
