import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { API, type ApiSessions } from '../../src/explorer/server/api.ts';
import { asOfNow } from '../../src/explorer/server/demo.ts';
import { startPage } from '../demo/page.ts';
import { ensureBuilt } from '../support/built.ts';
import { findChromium } from '../support/chromium.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { smallPng } from './small-png.ts';

const RECORDING = fileURLToPath(new URL('../../src/explorer/page/demo.jsonl', import.meta.url));
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const WIDTH = 1400;
const ENDED_AGO_MS = 60_000;
const MAX_BYTES = 300_000;
/** Whose session is open. */
const CLIENT = 'payment-agent';

interface Picture {
  readonly name: string;
  /** In CSS pixels. */
  readonly height: number;
  /** Of the page's address. */
  readonly search: string;
  /** Brings about what is to be seen; `failed` is the id of the session in which a payment failed. */
  show(tab: Page, failed: string): Promise<void>;
}

const PICTURES: readonly Picture[] = [
  // The README's first.
  { name: 'sessions-page', height: 1104, search: '', show: openSession },
  {
    name: 'trace-page',
    height: 1000,
    search: '',
    async show(tab, failed) {
      await openSession(tab, failed);
      await tab.getByRole('button', { name: 'Trace and IDs of create_payment' }).first().click();
      const panel = tab.locator('.event-panel');
      await panel.locator('.span').first().waitFor();
      await panel.evaluate((element: { scrollIntoView(options: object): void }) =>
        element.scrollIntoView({ block: 'center' }),
      );
    },
  },
  {
    name: 'errors-page',
    height: 430,
    search: '?tab=errors',
    show: (tab) => tab.getByRole('table', { name: 'Errors' }).waitFor(),
  },
];

/** Draws the Sessions page with the demo that comes with the package. */
export async function drawPage(say: (line: string) => void): Promise<void> {
  const executablePath = findChromium();
  await ensureBuilt((line) => say(line));
  const dir = await mkdtemp(join(tmpdir(), 'mcp-sessionscope-picture-'));
  const recorded = asOfNow(await readFile(RECORDING, 'utf8'), Date.now() - ENDED_AGO_MS);
  await writeFile(join(dir, 'demo-of-today.traces.jsonl'), recorded);
  const page = await startPage(dir, 0);
  try {
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    try {
      const failed = await failedSession(page.url);
      for (const picture of PICTURES) {
        const png = smallPng(await draw(browser, page.url, picture, failed));
        if (png.length > MAX_BYTES) throw new Error(`${picture.name} has ${png.length} bytes: too many`);
        await writeFile(join(IMAGES, `${picture.name}.png`), png);
        say(`drew docs/images/${picture.name}.png (${Math.round(png.length / 1000)} kB)`);
      }
    } finally {
      await browser.close();
    }
  } finally {
    await page.stop();
    await removeFolder(dir);
  }
}

async function draw(
  browser: Browser,
  url: URL,
  { height, search, show }: Picture,
  failed: string,
): Promise<Buffer> {
  const tab = await browser.newPage({
    viewport: { width: WIDTH, height },
    deviceScaleFactor: 2,
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'en-US',
    timezoneId: 'UTC',
  });
  // The folder's path is the only thing of this machine that the page shows.
  await tab.route('**/api/state', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), dir: '~/.mcp-sessionscope' } });
  });
  await tab.goto(new URL(search, url).href);
  await show(tab, failed);
  await tab.mouse.move(0, 0);
  await tab.evaluate('document.fonts.ready');
  const png = await tab.screenshot();
  await tab.close();
  return png;
}

async function openSession(tab: Page, id: string): Promise<void> {
  // What is said at a first visit.
  await tab.getByRole('button', { name: 'Got it' }).click();
  await tab.locator(`[title^="${id}"]`).first().click();
  await tab.getByText('session end').first().waitFor();
}

/** The newest session of the client in which something failed. */
async function failedSession(url: URL): Promise<string> {
  const response = await fetch(new URL(`${API.sessions}?client=${CLIENT}&errors=1`, url));
  const { rows } = (await response.json()) as ApiSessions;
  const [newest] = rows;
  if (newest === undefined) throw new Error(`no session of ${CLIENT} failed in the demo`);
  return newest.id;
}
