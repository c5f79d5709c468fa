import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  freeFiles,
  keep,
  named,
  pathOf,
  receiverKey,
  type SpoolFile,
  take,
} from '../../../src/sdk/export/spool.ts';
import { removeFolderSync } from '../../../tools/support/remove-folder.ts';
import { stderrOf } from '../../support/stderr.ts';

const about = { receiver: 'ab12', signal: 'traces' } as const;
const DAY = 24 * 60 * 60_000;

let root: string;
let dir: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mcp-sessionscope-spool-'));
  dir = join(root, 'spool');
});
afterEach(() => removeFolderSync(root));

const request = (text: string): Buffer => Buffer.from(JSON.stringify({ resourceSpans: [text] }));
const write = (text = 'x', takenForMs = 0): SpoolFile =>
  keep([dir], about, [request(text)], takenForMs) as SpoolFile;
const free = (): SpoolFile[] => freeFiles([dir], about.receiver, about.signal);

test('a file holds one line for each request, and is its owner’s only', () => {
  const file = keep([dir], about, [request('a'), request('b')], 0) as SpoolFile;
  expect(readFileSync(pathOf(file), 'utf8')).toBe('{"resourceSpans":["a"]}\n{"resourceSpans":["b"]}\n');
  expect(statSync(pathOf(file)).mode & 0o777).toBe(0o600);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
});

test('one of several takes a file, and it is free again when it is given back or the time has passed', () => {
  const file = write();
  expect(free()).toEqual([file]);
  const taken = take(file, 60_000) as SpoolFile;
  expect(take(file, 60_000)).toBeUndefined();
  expect(free()).toEqual([]);
  take(taken, 0);
  expect(free()).toEqual([file]);
  const late = named(file, Date.now() - 1);
  renameSync(pathOf(file), pathOf(late));
  expect(free()).toEqual([late]);
});

test('files of another receiver, another signal, and of others are left alone', () => {
  write();
  expect(freeFiles([dir], 'cd34', 'traces')).toEqual([]);
  expect(freeFiles([dir], about.receiver, 'metrics')).toEqual([]);
  expect(freeFiles([join(root, 'none')], about.receiver, 'traces')).toEqual([]);
});

test('at most 50 files are kept, the newest, and that some went is said once', async () => {
  const said = await stderrOf(async () => {
    for (let n = 0; n < 53; n += 1) write(`${n}`);
  });
  expect(readdirSync(dir)).toHaveLength(50);
  expect(said).toBe(
    `mcp-sessionscope: telemetry that was never sent was removed from ${dir}: at most 7 days, 50 files and 20 MB are kept\n`,
  );
});

test('what is older than seven days is neither sent nor kept', async () => {
  const file = write('new');
  const old = named({ ...file, id: `${Date.now() - 8 * DAY}-00000000` }, 0);
  writeFileSync(pathOf(old), request('old'));
  expect(free()).toEqual([file]);
  await stderrOf(async () => void write('newer'));
  expect(readdirSync(dir)).not.toContain(old.name);
});

test('a folder that others can look into is not used, and the next one is', () => {
  mkdirSync(dir, { mode: 0o777 });
  chmodSync(dir, 0o777);
  const other = join(root, 'other');
  expect(keep([dir, other], about, [request('x')], 0)?.dir).toBe(other);
  expect(readdirSync(dir)).toEqual([]);
  expect(keep([dir], about, [request('x')], 0)).toBeUndefined();
});

test('a receiver is known by its address and its headers, of which the key tells nothing', () => {
  const key = receiverKey('http://h/v1/traces', { authorization: 'Bearer s3cret', a: '1' });
  expect(key).toMatch(/^[0-9a-f]{12}$/);
  expect(receiverKey('http://h/v1/traces', { a: '1', authorization: 'Bearer s3cret' })).toBe(key);
  expect(receiverKey('http://h/v1/traces', { a: '1', authorization: 'Bearer other' })).not.toBe(key);
  expect(receiverKey('http://g/v1/traces', { a: '1', authorization: 'Bearer s3cret' })).not.toBe(key);
});
