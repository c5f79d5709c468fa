import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RotatingFile } from '../../../src/sdk/export/rotating-file.ts';
import { type RecordingFolder, recordingFolder } from '../../support/recorded.ts';

let folder: RecordingFolder;
beforeEach(() => {
  folder = recordingFolder();
});
afterEach(() => folder.remove());

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const permissions = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const inFolder = (name: string): string => join(folder.dir, name);

function open(more: object = {}): RotatingFile {
  return new RotatingFile({ dir: folder.dir, base: 'weather-1', signal: 'traces', ...more });
}

/** Lines of ten bytes each, their line break included. */
function appendLines(file: RotatingFile, count: number): void {
  for (let i = 0; i < count; i += 1) file.append(bytes(`line ${String(i).padStart(4, '0')}`));
}

describe('the file', () => {
  test('and its folder are its owner’s alone', () => {
    const dir = inFolder('deep/down');
    open({ dir }).append(bytes('{}'));
    expect(permissions(inFolder('deep'))).toBe('700');
    expect(permissions(dir)).toBe('700');
    expect(permissions(join(dir, 'weather-1.traces.jsonl'))).toBe('600');
  });

  test('leaves the permissions of a folder that was there before', () => {
    chmodSync(folder.dir, 0o755);
    open().append(bytes('{}'));
    expect(permissions(folder.dir)).toBe('755');
    expect(permissions(inFolder('weather-1.traces.jsonl'))).toBe('600');
  });

  test('is made with the first line, not before', () => {
    const file = open();
    expect(folder.names()).toEqual([]);
    file.append(bytes('{}'));
    expect(folder.names()).toEqual(['weather-1.traces.jsonl']);
    expect(file.path).toBe(inFolder('weather-1.traces.jsonl'));
  });

  test('holds one line per append', () => {
    const file = open();
    file.append(bytes('{"a":1}'));
    file.append(bytes('{"b":"…"}'));
    expect(readFileSync(file.path, 'utf8')).toBe('{"a":1}\n{"b":"…"}\n');
  });

  test('has one name per signal', () => {
    open().append(bytes('{}'));
    open({ signal: 'metrics' }).append(bytes('{}'));
    expect(folder.names()).toEqual(['weather-1.metrics.jsonl', 'weather-1.traces.jsonl']);
  });
});

describe('rotation', () => {
  test('begins a new file before the size is passed, and renames none', () => {
    appendLines(open({ maxBytes: 30 }), 7);
    expect(folder.names()).toEqual([
      'weather-1.traces.1.jsonl',
      'weather-1.traces.2.jsonl',
      'weather-1.traces.jsonl',
    ]);
    expect(readFileSync(inFolder('weather-1.traces.jsonl'), 'utf8')).toBe(
      'line 0000\nline 0001\nline 0002\n',
    );
    expect(readFileSync(inFolder('weather-1.traces.2.jsonl'), 'utf8')).toBe('line 0006\n');
    expect(permissions(inFolder('weather-1.traces.2.jsonl'))).toBe('600');
  });

  test('writes a line that is larger than a file into a file of its own', () => {
    const file = open({ maxBytes: 30 });
    appendLines(file, 1);
    file.append(bytes('x'.repeat(100)));
    appendLines(file, 1);
    expect(folder.names().map((name) => statSync(inFolder(name)).size)).toEqual([101, 10, 10]);
  });

  test('keeps the newest files only', () => {
    appendLines(open({ maxBytes: 10, maxFiles: 3 }), 12);
    expect(folder.names()).toEqual([
      'weather-1.traces.10.jsonl',
      'weather-1.traces.11.jsonl',
      'weather-1.traces.9.jsonl',
    ]);
  });
});

describe('pruning', () => {
  /** Recorded files of other processes, the first one the oldest. */
  function recordEarlier(count: number): string[] {
    return Array.from({ length: count }, (_, i) => {
      const name = `other-${i}.${i % 2 === 0 ? 'traces' : 'metrics'}.jsonl`;
      writeFileSync(inFolder(name), '{}\n');
      utimesSync(inFolder(name), 1_000 + i, 1_000 + i);
      return name;
    });
  }

  test('removes the oldest recorded files of the folder when a process begins to record', () => {
    recordEarlier(5);
    open({ retention: { maxFiles: 2 } }).append(bytes('{}'));
    expect(folder.names()).toEqual([
      'other-3.metrics.jsonl',
      'other-4.traces.jsonl',
      'weather-1.traces.jsonl',
    ]);
  });

  test('leaves what it did not record alone', () => {
    const foreign = [
      'README.md',
      'data.jsonl',
      'x.traces.json',
      'traces.jsonl.bak',
      '.traces.jsonl.swp',
      'a.logs.jsonl',
    ];
    for (const name of foreign) writeFileSync(inFolder(name), 'mine');
    mkdirSync(inFolder('folder.traces.jsonl'));
    recordEarlier(4);
    open({ retention: { maxFiles: 0 } }).append(bytes('{}'));
    expect(folder.names()).toEqual([...foreign, 'folder.traces.jsonl', 'weather-1.traces.jsonl'].sort());
  });

  test('follows no link out of the folder', () => {
    writeFileSync(inFolder('precious'), 'mine');
    symlinkSync(inFolder('precious'), inFolder('link.traces.jsonl'));
    recordEarlier(2);
    open({ retention: { maxFiles: 0 } }).append(bytes('{}'));
    expect(folder.names()).toEqual(['link.traces.jsonl', 'precious', 'weather-1.traces.jsonl']);
  });
});

describe('a folder that is not as it should be', () => {
  test('makes append throw, and is tried again', () => {
    writeFileSync(inFolder('file'), '');
    const file = open({ dir: inFolder('file/dir') });
    expect(() => file.append(bytes('{}'))).toThrow(/ENOTDIR|EEXIST/);
    rmSync(inFolder('file'));
    file.append(bytes('{}'));
    expect(readdirSync(inFolder('file/dir'))).toEqual(['weather-1.traces.jsonl']);
  });

  test('is made again where somebody removed it', () => {
    const dir = inFolder('dir');
    const file = open({ dir });
    file.append(bytes('{"a":1}'));
    rmSync(dir, { recursive: true });
    file.append(bytes('{"b":2}'));
    expect(existsSync(file.path)).toBe(true);
    expect(readFileSync(file.path, 'utf8')).toBe('{"b":2}\n');
    expect(permissions(dir)).toBe('700');
  });
});
