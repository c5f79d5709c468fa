import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RUNTIMES } from '../system/runtimes/runtimes.ts';
import { ROOT } from './blocks.ts';

const page = readFileSync(join(ROOT, 'docs/runtimes.md'), 'utf8');

test.each(RUNTIMES.map((runtime) => [runtime.name, runtime] as const))(
  'docs/runtimes.md says which version of %s was tried, and has the lines that were run',
  (name, { heading, dependencies }) => {
    expect(page).toMatch(new RegExp(`^\\| \\[${heading}\\].*\\| ${name} ${dependencies[name]} \\|`, 'm'));
    const section = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`));
    expect(section).toMatch(/^```ts\n\/\/ \S+\.ts\n/m);
  },
);
