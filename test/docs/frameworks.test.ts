import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FRAMEWORKS } from '../system/frameworks/frameworks.ts';
import { ROOT } from './blocks.ts';

const page = readFileSync(join(ROOT, 'docs/frameworks.md'), 'utf8');

test.each(FRAMEWORKS.map((framework) => [framework.name, framework] as const))(
  'docs/frameworks.md says which version of %s was tried, and has the lines that were run',
  (_, { package: name, heading, dependencies }) => {
    expect(page).toMatch(new RegExp(`^\\| \\[.*\\| ${name} ${dependencies[name]}[ ,]`, 'm'));
    const section = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`));
    expect(section).toMatch(/^```ts\n\/\/ \S+\.ts\n/m);
  },
);
