import { readFile, rm } from 'node:fs/promises';
import type { SignalDestination } from '../config/resolve.ts';
import { guard } from '../diagnostics/guard.ts';
import { logLine } from '../diagnostics/log.ts';
import { certificateFiles } from './certificates.ts';
import { type Outbox, outboxOf } from './outbox.ts';
import { startSender } from './sender.ts';
import { type Job, SENDER_LIMIT_MS } from './sender-script.ts';
import {
  countTaken,
  freeFiles,
  keep,
  named,
  pathOf,
  receiverKey,
  type SpoolFile,
  spoolDirs,
  take,
} from './spool.ts';

/** Milliseconds that a server has for its own start before what earlier processes left is looked for. */
const LOOK_AFTER_MS = 500;
/** Milliseconds for which a file is taken by who sends it. */
const TAKEN_MS = SENDER_LIMIT_MS + 10_000;

/**
 * Files of one signal that are on their way to one receiver at once, of all processes. A server that crashes again and
 * again while its receiver hangs would start a sender each time, which waits.
 */
const MAX_TAKEN = 4;

/** What becomes of the telemetry that is undelivered when the process exits. */
export interface ExitDelivery {
  /** Watches an OTLP exporter, and sends what earlier processes could not send to the same receiver. */
  watch(signal: SpoolFile['signal'], destination: SignalDestination, exporter: object): void;
  /**
   * The process exits: all requests without an answer go into files. Without waiting.
   *
   * @returns whether they are in good hands
   */
  keep(): boolean;
  /** Starts a process that outlives this one and sends what every manager has kept. */
  send(): void;
}

interface Watched {
  readonly signal: SpoolFile['signal'];
  readonly url: string;
  readonly outbox: Outbox;
}

/** @param closing - aborted when the shutdown begins */
export function createExitDelivery(isEnabled: boolean, closing: AbortSignal): ExitDelivery {
  const watched: Watched[] = [];
  return {
    watch: (signal, destination, exporter) => {
      if (!isEnabled || destination.kind !== 'otlp-http') return;
      const outbox = outboxOf(exporter, destination.headers);
      if (outbox === undefined) return;
      const each = { signal, url: destination.url, outbox };
      watched.push(each);
      setTimeout(() => void sendLeftOvers(each, closing).catch(() => {}), LOOK_AFTER_MS).unref();
    },
    keep: () => guard('keeping what is undelivered', () => keepUndelivered(watched)) ?? false,
    send: sendKept,
  };
}

interface Kept {
  readonly each: Watched;
  readonly file: SpoolFile;
}

/** Of all managers: one sender is started for the process. */
const kept: Kept[] = [];

function keepUndelivered(watched: readonly Watched[]): boolean {
  const undelivered = watched.filter(({ outbox }) => outbox.unanswered().length > 0);
  if (undelivered.length === 0) return false;
  const dirs = spoolDirs();
  const written = undelivered.flatMap((each) => keepOf(each, dirs) ?? []);
  for (const { each, file } of written) if (file.takenUntil !== 0) kept.push(...leftOversFor(each, dirs));
  kept.push(...written);
  return written.length === undelivered.length;
}

function keepOf(each: Watched, dirs: readonly string[]): Kept | undefined {
  const receiver = receiverOf(each);
  const takenForMs = countTaken(dirs, receiver) < MAX_TAKEN ? TAKEN_MS : 0;
  const file = keep(dirs, { receiver, signal: each.signal }, each.outbox.unanswered(), takenForMs);
  return file && { each, file };
}

/** What earlier processes left goes along: a server may never live long enough to send it itself. */
function leftOversFor(each: Watched, dirs: readonly string[]): Kept[] {
  const room = Math.max(0, MAX_TAKEN - countTaken(dirs, receiverOf(each)));
  return freeFiles(dirs, receiverOf(each), each.signal)
    .slice(0, room)
    .flatMap((free) => take(free, TAKEN_MS) ?? [])
    .map((file) => ({ each, file }));
}

function sendKept(): void {
  const all = kept.splice(0);
  const taken = all.filter(({ file }) => file.takenUntil !== 0);
  const isStarted =
    taken.length > 0 && guard('starting the sender', () => startSender(taken.map(jobOf))) === true;
  if (!isStarted) for (const { file } of taken) take(file, 0);
  const left = isStarted ? all.filter(({ file }) => file.takenUntil === 0) : all;
  for (const line of new Set(left.map(leftLine))) logLine(line);
}

function jobOf({ each: { signal, url, outbox }, file }: Kept): Job {
  return {
    path: pathOf(file),
    freePath: pathOf(named(file, 0)),
    url,
    headers: outbox.headers(),
    tls: certificateFiles(process.env, signal),
  };
}

function leftLine({ each: { signal, url }, file }: Kept): string {
  const { origin, pathname } = new URL(url);
  const base = `${origin}${pathname.replace(`/v1/${signal}`, '')}`;
  const replay = `npx mcp-sessionscope replay ${file.dir} --endpoint ${base}`;
  return `the last telemetry could not be sent before the exit: the next start sends it, or \`${replay}\``;
}

/** One file at a time, and no further where the receiver does not take one. */
async function sendLeftOvers(watched: Watched, closing: AbortSignal): Promise<void> {
  for (const free of freeFiles(spoolDirs(), receiverOf(watched), watched.signal)) {
    const file = closing.aborted ? undefined : take(free, TAKEN_MS);
    if (file === undefined) continue;
    const lines = (await readFile(pathOf(file), 'utf8')).split('\n').filter((line) => line !== '');
    for (const line of lines) {
      const isTaken = await watched.outbox.resend(Buffer.from(line)).catch(() => false);
      if (!isTaken) return void take(file, 0);
    }
    await rm(pathOf(file), { force: true });
  }
}

function receiverOf({ url, outbox }: Watched): string {
  return receiverKey(url, outbox.headers());
}
