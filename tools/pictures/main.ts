/** npm run pictures: the tables of the dashboards, as Grafana's own table component draws them; or the Sessions page. */
import { existsSync, mkdirSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runMain, runOrThrow } from '../support/children.ts';
import { findChromium } from '../support/chromium.ts';
import { bundlePage } from './bundle.ts';
import { drawPage } from './draw-page.ts';
import { type Picture, readPictures } from './pictures.ts';

const USAGE = `Usage: npm run pictures [-- --page]

Draws the tables of the dashboards from the recorded answers of the backends, with the table component of Grafana, in
headless Chromium, in dark and light, into docs/images. The first run installs that component (about 470 MB, below
tools/pictures only).

  --page                draw the Sessions page on the sessions of the demo, and nothing else; this installs nothing
  --help                this text
  CHROMIUM_PATH=<path>  the browser (default: chromium, chromium-browser or google-chrome in the PATH)
`;

const HERE = fileURLToPath(new URL('.', import.meta.url));
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const THEMES = ['dark', 'light'] as const;
const PAGE_URL = 'http://pictures.localhost/';
const DRAWN_MS = 30_000;

runMain(async () => {
  const { values } = parseArgs({
    options: { page: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) {
    console.log(USAGE);
    return;
  }
  if (values.page === true) {
    await drawPage(say);
    return;
  }
  const executablePath = findChromium();
  await ensureInstalled();
  say('evaluating the panels');
  const pictures = await readPictures();
  say('bundling the page');
  await drawAll(pictures, await bundlePage(), executablePath);
});

async function drawAll(pictures: Picture[], page: string, executablePath: string): Promise<void> {
  mkdirSync(IMAGES, { recursive: true });
  for (const picture of pictures) {
    for (const theme of THEMES) {
      const name = `${picture.name}-${theme}.png`;
      await draw({ ...picture, theme }, page, executablePath, join(IMAGES, name));
      say(`drew docs/images/${name}`);
    }
  }
}

/** In a browser of its own: one that has drawn several tables gives up. */
async function draw(
  picture: Picture & { theme: string },
  page: string,
  executablePath: string,
  path: string,
): Promise<void> {
  const { chromium: browserType } = createRequire(join(HERE, 'package.json'))('playwright-core');
  const browser = await browserType.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  try {
    const tab = await browser.newPage({ viewport: { width: picture.width, height: 400 } });
    tab.on('pageerror', (error: Error) => say(`the page says: ${error.message}`));
    // An address of its own, though nothing is fetched: pages without one have no storage.
    await tab.route('**/*', (route: any) => route.fulfill({ contentType: 'text/html', body: page }));
    await tab.goto(PAGE_URL);
    await tab.evaluate((what: unknown) => (globalThis as any).draw(what), picture);
    await tab.waitForSelector('[role=gridcell]', { timeout: DRAWN_MS });
    await tab.evaluate(() => (globalThis as any).document.fonts.ready);
    await tab.screenshot({ path, fullPage: true });
  } finally {
    await browser.close();
  }
}

/** What the pictures are drawn with, where it is missing or not what the lock file says. */
async function ensureInstalled(): Promise<void> {
  const lock = join(HERE, 'package-lock.json');
  const installed = join(HERE, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  say('installing the table component of Grafana (about 470 MB, below tools/pictures)');
  await runOrThrow('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'], {
    cwd: HERE,
  });
  utimesSync(installed, new Date(), new Date());
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
