import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { API, type ApiSessions } from '../../src/explorer/server/api.ts';
import { asOfNow } from '../../src/explorer/server/demo.ts';
import { startPage } from '../demo/page.ts';
import { ensureBuilt } from '../support/built.ts';
import { findChromium } from '../support/chromium.ts';
import { smallPng } from './small-png.ts';

const RECORDING = fileURLToPath(new URL('../../src/explorer/page/demo.jsonl', import.meta.url));
/** The README's first picture. */
const PICTURE = fileURLToPath(new URL('../../docs/images/sessions-page.png', import.meta.url));
const SIZE = { width: 1400, height: 1104 };
const ENDED_AGO_MS = 60_000;
const MAX_BYTES = 300_000;
/** Whose session is open. */
const CLIENT = 'payment-agent';

/** Draws the Sessions page with the demo that comes with the package, the session open in which a payment failed. */
export async function drawPage(say: (line: string) => void): Promise<void> {
  const executablePath = findChromium();
  await ensureBuilt((line) => say(line));
  const dir = await mkdtemp(join(tmpdir(), 'mcp-sessionscope-picture-'));
  const recorded = asOfNow(await readFile(RECORDING, 'utf8'), Date.now() - ENDED_AGO_MS);
  await writeFile(join(dir, 'demo-of-today.traces.jsonl'), recorded);
  const page = await startPage(dir, 0);
  try {
    const picture = smallPng(await screenshot(page.url, executablePath));
    if (picture.length > MAX_BYTES) throw new Error(`the picture has ${picture.length} bytes: too many`);
    await writeFile(PICTURE, picture);
    say(`drew docs/images/sessions-page.png (${Math.round(picture.length / 1000)} kB)`);
  } finally {
    await page.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function screenshot(url: URL, executablePath: string): Promise<Buffer> {
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  try {
    return await draw(browser, url, await failedSession(url));
  } finally {
    await browser.close();
  }
}

async function draw(browser: Browser, url: URL, sessionId: string): Promise<Buffer> {
  const tab = await browser.newPage({
    viewport: SIZE,
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
  await tab.goto(url.href);
  // What is said at a first visit.
  await tab.getByRole('button', { name: 'Got it' }).click();
  await tab.locator(`[title^="${sessionId}"]`).first().click();
  await tab.getByText('session end').first().waitFor();
  await tab.mouse.move(0, 0);
  await tab.evaluate('document.fonts.ready');
  return tab.screenshot();
}

/** The newest session of the client in which something failed. */
async function failedSession(url: URL): Promise<string> {
  const response = await fetch(new URL(`${API.sessions}?client=${CLIENT}&errors=1`, url));
  const { rows } = (await response.json()) as ApiSessions;
  const [newest] = rows;
  if (newest === undefined) throw new Error(`no session of ${CLIENT} failed in the demo`);
  return newest.id;
}
