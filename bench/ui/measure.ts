import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Opened } from './children/open-store.ts';
import { type Ingested, readBatches, sendAll } from './ingest.ts';
import type { Options } from './options.ts';
import { buildPrograms, type Programs } from './programs.ts';
import { type Asked, askAll } from './queries.ts';
import { type Recorded, writeRecording } from './recording.ts';

export interface Results {
  readonly recorded: Recorded;
  readonly plain: Plain;
  readonly opened: Opened;
  readonly asked: readonly Asked[];
  readonly ingested: readonly Ingested[];
}

const WARM_BATCHES = 8;

/** Milliseconds, and those of processor time. */
export interface Plain {
  readonly ms: number;
  readonly processorMs: number;
}

export interface MeasureParts {
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

type AllParts = MeasureParts & { readonly programs: Programs };

export async function measure(options: Options, given: MeasureParts): Promise<Results> {
  const { folder, say, signal } = given;
  say('building the programs');
  const programs = await buildPrograms(join(folder, 'programs'), signal);
  const parts: AllParts = { ...given, programs };
  const recorded = await writeRecording(join(folder, 'recording'), options, say, signal);
  const job = { dir: recorded.dir, now: recorded.lastMs };
  const plain: Plain[] = [];
  const opened: Opened[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    say(`round ${round} of ${options.rounds}: a plain pass`);
    plain.push(await programs.run<Plain>('plain-pass', job));
    say(`round ${round} of ${options.rounds}: opening it`);
    opened.push(await programs.run<Opened>('open-store', job));
  }
  return {
    recorded,
    plain: best(plain),
    opened: best(opened),
    asked: await measureQueries(options, job, parts),
    ingested: await measureIngest(options, recorded, parts),
  };
}

async function measureQueries(
  { asks }: Options,
  job: object,
  { say, signal, programs }: AllParts,
): Promise<Asked[]> {
  say('opening it once more, for questions');
  const server = programs.start('serve', { ...job, receives: false });
  try {
    const { url } = await server.answer<{ url: string }>();
    say('asking');
    return await askAll(url, asks, signal);
  } finally {
    await server.stop();
  }
}

async function measureIngest(
  { sent }: Options,
  { dir }: Recorded,
  { folder, say, signal, programs }: AllParts,
): Promise<Ingested[]> {
  say('encoding requests');
  const batches = await readBatches(dir, sent);
  const ingested: Ingested[] = [];
  for (const encoding of ['protobuf', 'JSON'] as const) {
    const received = join(folder, `received-${encoding}`);
    mkdirSync(received);
    const server = programs.start('serve', { dir: received, receives: true });
    try {
      const { otlpUrl } = await server.answer<{ otlpUrl: string }>();
      say(`sending ${encoding}`);
      // The first requests are taken by code that is not compiled yet.
      const warm = batches.slice(0, WARM_BATCHES);
      await sendAll(otlpUrl, warm, encoding, signal);
      const before = await server.ask<Pick<Plain, 'processorMs'>>('processor time');
      const all = await sendAll(otlpUrl, batches.slice(WARM_BATCHES), encoding, signal);
      const { processorMs } = await server.ask<Pick<Plain, 'processorMs'>>('processor time');
      ingested.push({ encoding, ...all, processorMs: processorMs - before.processorMs });
    } finally {
      await server.stop();
    }
  }
  return ingested;
}

/** The one that was disturbed least. */
function best<T extends Plain>(measured: readonly T[]): T {
  return measured.reduce((least, each) => (each.processorMs < least.processorMs ? each : least));
}
