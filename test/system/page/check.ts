import type { BrowserContext, Page } from 'playwright-core';
import type { ViewOptions, Watch } from './browser.ts';
import type { DemoRecording } from './demo-recording.ts';
import type { KnownSession } from './known.ts';
import type { UiProcess, UiSettings } from './ui-process.ts';

/** One thing that must hold of the page. */
export interface PageCheck {
  /** A sentence. */
  readonly name: string;
  /** Returns what was found; throws where it does not hold. */
  run(stage: Stage): Promise<string>;
}

/** What a check has to play with. Everything it starts is ended after it. */
export interface Stage {
  /** The demo's visits, recorded once for all checks, and a page on them. Not to be changed. */
  demo(): Promise<{ readonly recording: DemoRecording; readonly ui: UiProcess }>;
  /** A page on a recording of known sessions, one for all checks. Not to be changed. */
  known(): Promise<{ readonly sessions: readonly KnownSession[]; readonly ui: UiProcess }>;
  startUi(dir: string, settings?: UiSettings): Promise<UiProcess>;
  tempDir(): Promise<string>;
  /** Opens an address in a browser of its own. */
  open(url: string, options?: ViewOptions): Promise<Page>;
  context(options?: ViewOptions): Promise<BrowserContext>;
  readonly watch: Watch;
  /** Called after the check. */
  atEnd(end: () => Promise<unknown>): void;
  /** Where pictures are wanted. */
  readonly screenshots: string | undefined;
}
