import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryUrl, withAbsoluteLinks } from '../../tools/pack/absolute-links.ts';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';
import { ensureBuilt } from '../support/built.ts';

const ROOT = join(__dirname, '../..');
const BASE = 'https://git.example/weather/scope';

describe('the address of the repository', () => {
  test.each([
    ['git+https://git.example/weather/scope.git', BASE],
    ['https://git.example/weather/scope/', BASE],
    ['git@git.example:weather/scope.git', BASE],
    ['ssh://git@git.example/weather/scope.git', BASE],
    ['github:weather/scope', 'https://github.com/weather/scope'],
    ['weather/scope', 'https://github.com/weather/scope'],
  ])('of %s is a page', (url, page) => {
    expect(repositoryUrl({ version: '1.0.0', repository: url })).toBe(page);
    expect(repositoryUrl({ version: '1.0.0', repository: { url } })).toBe(page);
  });

  test('is none where none is named', () => {
    expect(repositoryUrl({ version: '1.0.0' })).toBeUndefined();
    expect(repositoryUrl({ version: '1.0.0', repository: 'file:///srv/scope.git' })).toBeUndefined();
  });
});

describe('links', () => {
  test('to files lead to the released version, and pictures to the file itself', () => {
    const text = 'See [the page](docs/page.md#live) and\n![it, drawn](docs/images/page.png).';
    expect(withAbsoluteLinks(text, BASE, '1.2.3')).toBe(
      `See [the page](${BASE}/blob/v1.2.3/docs/page.md#live) and\n![it, drawn](${BASE}/raw/v1.2.3/docs/images/page.png).`,
    );
  });

  test('that are absolute, or lead to a heading, stay', () => {
    const text = '[a](https://example.com/x) [b](#shutdown) [c](mailto:a@example.com) [d](/rooted)';
    expect(withAbsoluteLinks(text, BASE, '1.2.3')).toBe(text);
  });
});

describe('before and after packing', () => {
  let folder: string;
  const run = (command: string) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', join(ROOT, 'tools/pack/readme.ts'), command], {
      cwd: folder,
    });
  const readme = () => readFileSync(join(folder, 'README.md'), 'utf8');
  const original = readFileSync(join(ROOT, 'README.md'), 'utf8');

  beforeAll(() => {
    folder = mkdtempSync(join(ROOT, 'node_modules/.pack-test-'));
    cpSync(join(ROOT, 'README.md'), join(folder, 'README.md'));
  });
  afterAll(() => removeFolderSync(folder));

  test('the README has no relative link where a repository is named, and is as it was afterwards', async () => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: '1.2.3', repository: BASE }));
    await run('absolute');
    expect(readme()).toContain(`](${BASE}/raw/v1.2.3/docs/images/sessions-page.png)`);
    expect(readme()).not.toMatch(/\]\((?!https?:|#)/);
    // A run that was stopped in between is made good by the next.
    await run('absolute');
    await run('restore');
    expect(readme()).toBe(original);
  });

  test('the README stays where no repository is named', async () => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: '1.2.3' }));
    await run('absolute');
    expect(readme()).toBe(original);
    await run('restore');
    expect(readme()).toBe(original);
  });
});

test('the licences of what is built in go along, also of what was built into that before', async () => {
  await ensureBuilt();
  const notices = readFileSync(join(ROOT, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
  for (const name of ['@opentelemetry/sdk-trace-node', '@bufbuild/protobuf', 'preact', 'zod', 'content-type'])
    expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
  expect(notices).toContain('Copyright 2008 Google Inc.  All rights reserved.');
  expect(notices).toContain('Redistribution and use in source and binary forms');
}, 60_000);
