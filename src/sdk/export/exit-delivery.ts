import { readFile, rm } from 'node:fs/promises';
import type { SignalDestination } from '../config/resolve.ts';
import { guard } from '../diagnostics/guard.ts';
import { logLine } from '../diagnostics/log.ts';
import { certificateFiles } from './certificates.ts';
import { type Outbox, outboxOf } from './outbox.ts';
import { startSender } from './sender.ts';
import { type Job, SENDER_LIMIT_MS } from './sender-script.ts';
import { freeFiles, keep, named, pathOf, receiverKey, type SpoolFile, spoolDirs, take } from './spool.ts';

/** Milliseconds that a server has for its own start before what earlier processes left is looked for. */
const LOOK_AFTER_MS = 500;
/** Milliseconds for which a file is taken by who sends it. */
const TAKEN_MS = SENDER_LIMIT_MS + 10_000;

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
  const written = undelivered.flatMap((each) => {
    const about = { receiver: receiverOf(each), signal: each.signal };
    const file = keep(dirs, about, each.outbox.unanswered(), TAKEN_MS);
    return file === undefined ? [] : [{ each, file }];
  });
  kept.push(...written);
  return written.length === undelivered.length;
}

function sendKept(): void {
  const all = kept.splice(0);
  if (all.length === 0) return;
  if (guard('starting the sender', () => startSender(all.map(jobOf))) === true) return;
  for (const { file } of all) take(file, 0);
  for (const line of new Set(all.map(leftLine))) logLine(line);
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
