import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { removeFolder } from '../../../tools/support/remove-folder.ts';
import { createWatch, newContext, openPage } from './browser.ts';
import type { PageCheck, Stage } from './check.ts';
import { recordDemo } from './demo-recording.ts';
import { type KnownSession, knownSessions } from './known.ts';
import { writeRecording } from './spans.ts';
import { startUi, type UiProcess } from './ui-process.ts';

/** Longer than any check takes, on a busy machine too. */
const MOST_MS = 120_000;

/** What became of a check. */
export interface Result {
  readonly check: PageCheck;
  readonly ok: boolean;
  readonly found: string;
  readonly millis: number;
}

/** What all checks have in common, each made when it is first asked for. */
export interface Shared {
  demo: Stage['demo'];
  known: Stage['known'];
  end(): Promise<void>;
}

export function createShared(folder: string, signal: AbortSignal): Shared {
  const started: Promise<UiProcess>[] = [];
  const start = (dir: string): Promise<UiProcess> => {
    const ui = startUi(dir);
    started.push(ui);
    return ui;
  };
  return {
    demo: once(async () => {
      const recording = await recordDemo(folder, signal);
      return { recording, ui: await start(recording.dir) };
    }),
    known: once(async () => {
      const dir = join(folder, 'known');
      await mkdir(dir, { recursive: true });
      const sessions: KnownSession[] = knownSessions(Date.now());
      await writeRecording(join(dir, 'known.traces.jsonl'), sessions);
      return { sessions, ui: await start(dir) };
    }),
    end: async () => {
      for (const ui of await Promise.allSettled(started))
        if (ui.status === 'fulfilled') await ui.value.stop();
    },
  };
}

export interface Settings {
  readonly browser: Browser;
  readonly shared: Shared;
  readonly screenshots: string | undefined;
  /** Where pictures of failures go. */
  readonly failures: string;
}

/** Runs one check on a stage of its own. */
export async function runCheck(check: PageCheck, settings: Settings): Promise<Result> {
  const startedAt = Date.now();
  const contexts: BrowserContext[] = [];
  const ends: (() => Promise<unknown>)[] = [];
  const watch = createWatch();
  const stage = stageOf(settings, contexts, ends, watch);
  let outcome: Pick<Result, 'ok' | 'found'>;
  try {
    const found = await inTime(check.run(stage));
    const [first] = watch.problems;
    outcome =
      first === undefined
        ? { ok: true, found }
        : { ok: false, found: `${watch.problems.length} on the console: ${first}` };
  } catch (error) {
    outcome = { ok: false, found: error instanceof Error ? error.message : String(error) };
  }
  if (!outcome.ok) await keepPictures(check, contexts, watch.console, settings.failures);
  for (const end of ends.reverse()) await end().catch(() => {});
  for (const context of contexts) await context.close().catch(() => {});
  return { check, ...outcome, millis: Date.now() - startedAt };
}

function stageOf(
  { browser, shared, screenshots }: Settings,
  contexts: BrowserContext[],
  ends: (() => Promise<unknown>)[],
  watch: ReturnType<typeof createWatch>,
): Stage {
  const context: Stage['context'] = async (options = {}) => {
    const made = await newContext(browser, options);
    contexts.push(made);
    watch.follow(made);
    return made;
  };
  return {
    demo: shared.demo,
    known: shared.known,
    watch,
    screenshots,
    context,
    atEnd: (end) => void ends.push(end),
    open: async (url, options) => openPage(await context(options), url),
    startUi: async (dir, uiSettings) => {
      const ui = await startUi(dir, uiSettings);
      ends.push(() => ui.stop());
      return ui;
    },
    tempDir: async () => {
      const dir = await mkdtemp(join(tmpdir(), 'mcp-sessionscope-page-test-'));
      ends.push(() => removeFolder(dir));
      return dir;
    },
  };
}

async function keepPictures(
  { name }: PageCheck,
  contexts: readonly BrowserContext[],
  lines: readonly string[],
  folder: string,
): Promise<void> {
  const slug = name.replace(/[^a-z0-9]+/gi, '-').slice(0, 60);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${slug}.console.txt`), `${lines.join('\n')}\n`);
  const pages = contexts.flatMap((context) => context.pages());
  for (const [i, page] of pages.entries()) {
    const path = join(folder, `${slug}-${i}.png`);
    await page.screenshot({ path, timeout: 5_000 }).catch(() => {});
  }
}

/** A page that hangs is no reason to wait for ever. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = sleep(MOST_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`it took longer than ${MOST_MS / 1000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
    late.catch(() => {});
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
