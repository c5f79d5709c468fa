import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  ATTR_MCP_CLIENT_SESSION_ID,
  ATTR_MCP_CLIENT_SESSION_START_UNIX_MS,
  ATTR_MCP_REQUEST_ID,
  ATTR_MCP_SESSION_ID,
  ATTR_SERVICE_INSTANCE_ID,
} from '../../sdk/signals/semconv.ts';
import { RequestError } from './request-error.ts';

/** The recording that comes with the package, as one file among those of a folder. */
export interface Demo {
  isLoaded(): boolean;
  /** @throws {@link RequestError} where it did not come with the package, or cannot be written */
  load(): Promise<void>;
  remove(): Promise<void>;
}

export interface DemoOptions {
  /** Folder of the page's files. */
  readonly pageDir: string;
  /** Folder of the recording. */
  readonly dir: string;
  readonly now: () => number;
  /** Called when the folder has changed. */
  readonly onWritten: () => Promise<void>;
}

/** The file that is the demo's, and that removing it removes. */
export const DEMO_FILE = 'demo.traces.jsonl';
const SHIPPED = 'demo.jsonl.gz';
/** So long ago the demo ended, as its reader sees it. */
const ENDED_AGO_MS = 60_000;
const TIMES = new Set(['startTimeUnixNano', 'endTimeUnixNano', 'timeUnixNano', 'observedTimeUnixNano']);
const IDS = new Set([
  ATTR_MCP_CLIENT_SESSION_ID,
  ATTR_MCP_SESSION_ID,
  ATTR_MCP_REQUEST_ID,
  ATTR_SERVICE_INSTANCE_ID,
]);

export function createDemo({ pageDir, dir, now, onWritten }: DemoOptions): Demo {
  const path = join(dir, DEMO_FILE);
  return {
    isLoaded: () => existsSync(path),
    load: async () => {
      if (existsSync(path)) return;
      const text = asOfNow(await shippedDemo(pageDir), now() - ENDED_AGO_MS);
      await writeWhole(dir, path, text).catch((error: Error) => {
        throw new RequestError(503, `the demo cannot be written: ${error.message}`);
      });
      await onWritten();
    },
    remove: async () => {
      await rm(path, { force: true });
      await onWritten();
    },
  };
}

/**
 * OTLP JSON lines with every time moved, so that the newest is `endMs`, and ids of their own: the same demo, loaded
 * twice, is two recordings.
 */
export function asOfNow(lines: string, endMs: number): string {
  const newest = [...lines.matchAll(/"(?:end)?[tT]imeUnixNano":"?(\d{6,})/g)].reduce(
    (latest, [, nanos]) => (BigInt(nanos!) > latest ? BigInt(nanos!) : latest),
    0n,
  );
  const shiftMs = BigInt(Math.round(endMs)) - newest / 1_000_000n;
  const renew = renewal(shiftMs);
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `${JSON.stringify(renew(JSON.parse(line)))}\n`)
    .join('');
}

/** Walks JSON and gives it anew, with other times and ids. */
function renewal(shiftMs: bigint): (value: unknown) => unknown {
  const ids = new Map<string, string>();
  const fresh = (id: string, make: () => string): string => {
    if (id === '') return id;
    const known = ids.get(id) ?? make();
    ids.set(id, known);
    return known;
  };
  const renew = (value: unknown, key?: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => renew(item));
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(renewAttribute(value, shiftMs, fresh));
      return Object.fromEntries(entries.map(([name, each]) => [name, renew(each, name)]));
    }
    if (key !== undefined && TIMES.has(key)) return String(BigInt(value as string) + shiftMs * 1_000_000n);
    if (key === 'traceId') return fresh(value as string, () => randomBytes(16).toString('hex'));
    if (key === 'spanId' || key === 'parentSpanId') {
      return fresh(value as string, () => randomBytes(8).toString('hex'));
    }
    return value;
  };
  return renew;
}

/** The same object, unless it is an attribute that holds an id or a time. */
function renewAttribute(
  value: object,
  shiftMs: bigint,
  fresh: (id: string, make: () => string) => string,
): object {
  const { key, value: any } = value as { key?: unknown; value?: Record<string, unknown> };
  if (typeof key !== 'string' || any === undefined) return value;
  if (key === ATTR_MCP_CLIENT_SESSION_START_UNIX_MS && any['intValue'] !== undefined) {
    return { key, value: { intValue: String(BigInt(any['intValue'] as string) + shiftMs) } };
  }
  if (!IDS.has(key) || typeof any['stringValue'] !== 'string') return value;
  return { key, value: { stringValue: fresh(any['stringValue'], randomUUID) } };
}

async function shippedDemo(pageDir: string): Promise<string> {
  const path = join(pageDir, SHIPPED);
  try {
    return gunzipSync(await readFile(path)).toString();
  } catch {
    throw new RequestError(503, `the demo is missing: there is no ${path}. Build it with: npm run build`);
  }
}

/** Readers of the folder see the whole file or none. */
async function writeWhole(dir: string, path: string, text: string): Promise<void> {
  const beside = join(dir, `.${DEMO_FILE}.${randomUUID()}`);
  if ((await mkdir(dir, { recursive: true, mode: 0o700 })) !== undefined) await chmod(dir, 0o700);
  try {
    await writeFile(beside, text, { mode: 0o600 });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
