import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import type { PageCheck, Stage } from '../check.ts';
import { ok } from '../expect.ts';
import { sessionOf } from './expansion.ts';
import { isAsWideAsItsWindow } from './hostile.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core');
const THEMES = ['light', 'dark'] as const;
const WIDTHS = [400, 1_000, 1_600] as const;

interface View {
  readonly name: string;
  readonly address: string;
  /** What is there when the view is. */
  readonly ready: string;
}

export const LOOKS: readonly PageCheck[] = THEMES.flatMap((theme) =>
  WIDTHS.map(
    (width): PageCheck => ({
      name: `at ${width} px, ${theme}, every view is accessible and no wider than its window`,
      async run(stage) {
        const { views, url, emptyUrl } = await viewsOf(stage);
        let rules = 0;
        for (const { name, address, ready } of views) {
          const base = name === 'empty' ? emptyUrl : url;
          const page = await stage.open(`${base}${address}`, { width, theme, height: 900 });
          await page.locator(ready).first().waitFor();
          await page.locator('.refreshing').waitFor({ state: 'detached' });
          await isAsWideAsItsWindow(page, name);
          rules += await isAccessible(page, name);
          await keepPicture(stage, page, `${name}-${theme}-${width}`);
          await page.context().close();
        }
        return `${views.length} views, ${rules} rules held`;
      },
    }),
  ),
);

async function viewsOf(stage: Stage): Promise<{ views: View[]; url: string; emptyUrl: string }> {
  const { recording, ui } = await stage.demo();
  const { id } = sessionOf(recording.sessions, 'payment-agent');
  const empty = await stage.startUi(await stage.tempDir(), { receives: true });
  const views = [
    { name: 'sessions', address: '/', ready: '[role=row][aria-level="1"] .status' },
    { name: 'session', address: `/?open=${id}`, ready: 'tr.event' },
    { name: 'tools', address: '/?tab=tools&tool-open=create_payment', ready: '.discovery' },
    { name: 'resources', address: '/?tab=tools&kind=resource', ready: '.data' },
    { name: 'prompts', address: '/?tab=tools&kind=prompt&tool-open=simple-prompt', ready: '.callers' },
    { name: 'times', address: '/?tab=overview&from=1000000000000', ready: '.times' },
    { name: 'errors', address: '/?tab=errors', ready: 'search' },
    { name: 'overview', address: '/?tab=overview', ready: 'canvas' },
    { name: 'no-match', address: '/?q=nothing-like-it', ready: '.empty' },
    { name: 'empty', address: '/', ready: '.welcome' },
  ];
  return { views, url: ui.url, emptyUrl: empty.url };
}

/** Returns how many rules held. */
export async function isAccessible(page: Page, what: string): Promise<number> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations, passes } = (await page.evaluate('axe.run()')) as AxeResults;
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = grave.map(({ id, help, nodes }) => `${id}: ${help} (${nodes[0]?.html.slice(0, 200)})`);
  ok(grave.length === 0, `${what}: ${told.join('; ')}`);
  return passes.length;
}

export async function keepPicture({ screenshots }: Stage, page: Page, name: string): Promise<void> {
  if (screenshots === undefined) return;
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}
