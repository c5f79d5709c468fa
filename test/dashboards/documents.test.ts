import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { dashboards } from '../../tools/dashboards/files.ts';
import { FORMS, type Form } from '../../tools/dashboards/form.ts';

const read = (name: string): string => readFileSync(join(__dirname, '../../docs', name), 'utf8');

/** The titles of the panels of a form, by the title of their dashboard. */
const panelsOf = (form: Form): Map<string, string[]> =>
  new Map(
    Object.values(dashboards(form)).map(({ title, panels = [] }) => [
      title as string,
      panels.filter(({ type }) => type !== 'row').map((panel) => panel.title as string),
    ]),
  );

const PANELS = panelsOf('clickhouse');
const PANELS_FOR_TEMPO = panelsOf('tempo');

/** What a text names: "panel **Errors** of **MCP Session**". */
function namedIn(text: string): { panel: string; dashboard: string }[] {
  return [...text.matchAll(/\bpanel\s+\*\*([^*]+)\*\*\s+of\s+\*\*([^*]+)\*\*/gi)].map(
    ([, panel, dashboard]) => ({
      panel: (panel as string).replace(/\s+/g, ' '),
      dashboard: (dashboard as string).replace(/\s+/g, ' '),
    }),
  );
}

describe('the documents of the dashboards', () => {
  test('docs/dashboards.md has a row for every panel, below its dashboard, and for no other', () => {
    const page = read('dashboards.md');
    const part = page.slice(page.indexOf('\n## Panels\n'), page.indexOf('\n## What they cannot do\n'));
    const sections = part.split(/^### /m).slice(1);
    expect(sections.map((section) => section.split('\n')[0])).toEqual([...PANELS.keys()]);
    for (const section of sections) {
      const rows = [...section.matchAll(/^\| (.+?) \| (ClickHouse|ClickHouse, Tempo|Prometheus) \|/gm)];
      const title = section.split('\n')[0] as string;
      expect(rows.map(([, panel]) => panel)).toEqual(PANELS.get(title));
      const inBoth = rows.filter(([, , from]) => from !== 'ClickHouse').map(([, panel]) => panel);
      expect(inBoth).toEqual(PANELS_FOR_TEMPO.get(title));
    }
  });

  test('docs/dashboards.md has a row for every variable', () => {
    const rows = read('dashboards.md')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    for (const { title, templating } of FORMS.flatMap((form) => Object.values(dashboards(form)))) {
      for (const { name } of templating?.list ?? []) {
        const row = rows.find(
          (line) =>
            line.includes(`\`${name}\``) &&
            (line.includes(title as string) || /\| (all|the same) \|/.test(line)),
        );
        expect({ title, name, row: row !== undefined }).toEqual({ title, name, row: true });
      }
    }
  });

  test('docs/walkthroughs.md answers five questions, each of which ends in a panel that exists', () => {
    const sections = read('walkthroughs.md').split(/^## /m).slice(1);
    expect(sections).toHaveLength(5);
    for (const section of sections) {
      const steps = section.split(/^\d+\. /m).slice(1);
      expect(steps.length).toBeGreaterThan(3);
      expect(namedIn(steps.at(-1) as string)).toHaveLength(1);
    }
  });

  test.each(['walkthroughs.md', 'alerts.md'])('every panel that docs/%s names exists', (name) => {
    const named = namedIn(read(name));
    expect(named.length).toBeGreaterThan(3);
    for (const { panel, dashboard } of named) {
      expect({ panel, dashboard, found: PANELS.get(dashboard)?.includes(panel) }).toEqual({
        panel,
        dashboard,
        found: true,
      });
    }
  });

  test('every link into docs/walkthroughs.md leads to one of them', () => {
    const headings = [...read('walkthroughs.md').matchAll(/^## (.+)$/gm)].map(([, text]) =>
      (text as string)
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-'),
    );
    const links = [...read('alerts.md').matchAll(/\(walkthroughs\.md#([^)]+)\)/g)].map(
      ([, anchor]) => anchor,
    );
    expect(links.length).toBeGreaterThan(1);
    for (const anchor of links) expect(headings).toContain(anchor);
  });
});
