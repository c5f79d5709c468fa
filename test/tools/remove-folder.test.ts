import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { removeFolder, removeFolderSync } from '../../tools/support/remove-folder.ts';

/** Writes file after file for 400 ms, as what a program has left running does, and ends. */
const WRITER = `
  const { writeFileSync } = require('node:fs');
  const end = Date.now() + 400;
  for (let n = 0; Date.now() < end; n += 1) {
    try { writeFileSync('file-' + n, ''); } catch {}
    if (n === 100) process.stdout.write('writing');
  }
`;

test.each([
  ['removeFolder', removeFolder],
  ['removeFolderSync', removeFolderSync],
])('%s outlasts a program that still writes there', async (_name, remove) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'mcp-sessionscope-remove-')), 'work');
  mkdirSync(folder);
  const writer = spawn(process.execPath, ['-e', WRITER], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(writer.stdout, 'data');
  await remove(folder);
  expect(existsSync(folder)).toBe(false);
  await remove(folder);
  removeFolderSync(join(folder, '..'));
});
