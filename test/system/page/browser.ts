import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../../tools/support/chromium.ts';

/** Another one than the machine's, most likely: what is local is the browser's. */
export const TIME_ZONE = 'Asia/Kolkata';

export interface ViewOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
}

/** What went on in the pages of a check, and is wrong in each. */
export interface Watch {
  readonly problems: string[];
  /** Everything on the console. */
  readonly console: string[];
  /** Lets messages pass that the check brings about. */
  allow(pattern: RegExp): void;
}

export function launchBrowser(headed: boolean): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    headless: !headed,
    // Containers have neither user namespaces nor a large /dev/shm.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

export async function newContext(browser: Browser, options: ViewOptions): Promise<BrowserContext> {
  const { width = 1280, height = 900, theme = 'light' } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    timezoneId: TIME_ZONE,
    locale: 'en-US',
    reducedMotion: 'reduce',
    acceptDownloads: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(10_000);
  // What compiles these files wraps functions that have a name; the wrapper stays behind when they go into the page.
  await context.addInitScript('globalThis.__name = (wrapped) => wrapped;');
  return context;
}

export function createWatch(): Watch & { follow(context: BrowserContext): void } {
  const problems: string[] = [];
  const lines: string[] = [];
  const allowed: RegExp[] = [];
  const add = (problem: string): void => {
    if (!allowed.some((pattern) => pattern.test(problem))) problems.push(problem);
  };
  return {
    problems,
    console: lines,
    allow: (pattern) => void allowed.push(pattern),
    follow: (context) => {
      context.on('console', (message) => {
        const line = `${message.type()}: ${message.text()} (${message.location().url})`;
        lines.push(line.slice(0, 2_000));
        if (message.type() === 'error' || message.type() === 'warning') add(line.slice(0, 500));
      });
      context.on('weberror', (error) => add(`uncaught: ${error.error().message}`));
      context.on('request', (request) => {
        const { protocol, hostname } = new URL(request.url());
        const isOwn = protocol === 'data:' || protocol === 'blob:' || hostname === '127.0.0.1';
        if (!isOwn) add(`a request to ${request.url()}`);
      });
    },
  };
}

/** Opens an address and waits for the first answer of the server. */
export async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('header.top').waitFor();
  return page;
}
