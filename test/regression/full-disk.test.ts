import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';

beforeAll(ensureBuilt, 60_000);

let folder: RecordingFolder;
beforeEach(() => {
  folder = recordingFolder();
});
afterEach(() => folder.remove());

// What fitted of the line stayed, and the next line became part of it: both were lost, and one was told.
test('a line that does not fit on the disk takes no other with it', () => {
  const program = join(__dirname, '../process/servers/full-disk.mjs');
  const sizes = ['1000', '500000', '2000', '600000', '700000', '3000'];
  // Blocks of 512 or 1,024 bytes.
  const command = 'ulimit -f 100; exec "$0" "$@"';
  const args = ['-c', command, process.execPath, program, folder.dir, ...sizes];
  const { stderr } = spawnSync('sh', args, { encoding: 'utf8' });

  // Throws where a line is no JSON.
  expect(folder.spans().map(({ name }) => name)).toEqual(['1000', '2000', '3000']);
  expect(folder.names()).toHaveLength(1);
  const text = readFileSync(join(folder.dir, folder.names()[0] as string), 'utf8');
  expect(text.endsWith('}\n')).toBe(true);
  expect(stderr.match(/works again; 1 span was lost|works again; 2 spans were lost/g)).toEqual([
    'works again; 1 span was lost',
    'works again; 2 spans were lost',
  ]);
});
