import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startRetention } from '../../../src/explorer/server/retention.ts';
import { filesToRemove } from '../../../src/sdk/export/old-recordings.ts';
import { NOW, withRecording } from '../support.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const file = (name: string, bytes: number, agoMs: number) => ({ name, bytes, writtenMs: NOW - agoMs });

describe('what is removed', () => {
  const files = [
    file('old.traces.jsonl', 10, 50 * HOUR),
    file('older.traces.jsonl', 10, 60 * HOUR),
    file('new.traces.jsonl', 10, HOUR),
    file('written.traces.jsonl', 1_000, MINUTE),
  ];
  const names = (limits: Parameters<typeof filesToRemove>[1]) =>
    filesToRemove(files, limits, NOW).map(({ name, reason }) => `${name}: ${reason}`);

  test('is nothing without limits', () => {
    expect(names({})).toEqual([]);
  });

  test('is what was last written longer ago than the age', () => {
    expect(names({ maxAgeMs: 24 * HOUR })).toEqual(['older.traces.jsonl: age', 'old.traces.jsonl: age']);
  });

  test('is the oldest of what is too much, and no more', () => {
    expect(names({ maxBytes: 1_020 })).toEqual(['older.traces.jsonl: size']);
  });

  test('is never what is being written, however small the limits', () => {
    expect(names({ maxAgeMs: 0, maxBytes: 0 })).not.toContain('written.traces.jsonl: size');
    expect(names({ maxAgeMs: 0, maxBytes: 0 })).toHaveLength(3);
  });

  test('leaves a folder within its size where nothing is in use, and never removes a newer file before an older', () => {
    const sized = fc.record({ bytes: fc.nat(1_000), ago: fc.integer({ min: 11, max: 10_000 }) });
    fc.assert(
      fc.property(fc.array(sized, { maxLength: 20 }), fc.nat(5_000), (made, maxBytes) => {
        const all = made.map(({ bytes, ago }, i) => file(`${i}.traces.jsonl`, bytes, ago * MINUTE));
        const removed = filesToRemove(all, { maxBytes }, NOW);
        const gone = new Set(removed.map(({ name }) => name));
        const left = all.filter(({ name }) => !gone.has(name));
        expect(left.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(maxBytes);
        const newestGone = Math.max(...removed.map(({ writtenMs }) => writtenMs));
        for (const { writtenMs } of left) expect(writtenMs).toBeGreaterThanOrEqual(newestGone);
      }),
    );
  });
});

describe('the folder', () => {
  test('loses old recorded files; files of other names, folders and links stay', async () => {
    const names = [
      'a.traces.jsonl',
      'a.metrics.jsonl',
      'a.traces.12.jsonl',
      'notes.jsonl',
      'a.traces.jsonl.bak',
    ];
    await withRecording(Object.fromEntries(names.map((name) => [name, 'x\n'])), async (dir) => {
      mkdirSync(join(dir, 'folder.traces.jsonl'));
      writeFileSync(join(dir, 'elsewhere'), 'x');
      symlinkSync(join(dir, 'elsewhere'), join(dir, 'link.traces.jsonl'));
      for (const name of names) age(join(dir, name), 48 * HOUR);
      const said: string[] = [];
      const retention = startRetention(
        dir,
        { maxAgeMs: 24 * HOUR },
        { now: () => NOW, say: (text) => said.push(text) },
      );
      await retention.sweep();
      retention.stop();
      expect(readdirSync(dir).sort()).toEqual([
        'a.traces.jsonl.bak',
        'elsewhere',
        'folder.traces.jsonl',
        'link.traces.jsonl',
        'notes.jsonl',
      ]);
      expect(said.sort()).toEqual([
        `removed ${dir}/a.metrics.jsonl: last written 2026-11-18 (--max-age)`,
        `removed ${dir}/a.traces.12.jsonl: last written 2026-11-18 (--max-age)`,
        `removed ${dir}/a.traces.jsonl: last written 2026-11-18 (--max-age)`,
      ]);
    });
  });

  test('need not be there', async () => {
    const said: string[] = [];
    const gone = join(__dirname, 'no-such-folder');
    const retention = startRetention(
      gone,
      { maxAgeMs: 0 },
      { now: () => NOW, say: (text) => said.push(text) },
    );
    await retention.sweep();
    retention.stop();
    expect(said).toEqual([]);
    expect(existsSync(gone)).toBe(false);
  });
});

function age(path: string, agoMs: number): void {
  const seconds = (NOW - agoMs) / 1_000;
  utimesSync(path, seconds, seconds);
}
