import { truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { removeOldRecordings } from '../../src/sdk/export/old-recordings.ts';
import { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import { stderrOf } from '../support/stderr.ts';

const DAY_MS = 24 * 60 * 60_000;

let folder: RecordingFolder;
beforeEach(() => {
  folder = recordingFolder();
});
afterEach(() => {
  delete process.env['MCP_SESSIONSCOPE_DIR'];
  folder.remove();
});

function recorded(name: string, daysAgo: number, bytes = 3): void {
  const path = join(folder.dir, `${name}.traces.jsonl`);
  writeFileSync(path, '{}\n');
  // Of a file that is made longer in this way, nothing is on the disk.
  truncateSync(path, bytes);
  const seconds = (Date.now() - daysAgo * DAY_MS) / 1000;
  utimesSync(path, seconds, seconds);
}

/** What a process that begins to record says, and which of the files before it are left. */
async function begin(exporterEndpoint?: string): Promise<{ said: string; left: string[] }> {
  const config = {
    exporterType: 'file' as const,
    ...(exporterEndpoint !== undefined && { exporterEndpoint }),
  };
  const said = await stderrOf(async () => {
    const telemetry = new TelemetryManager(config);
    telemetry.startActiveSpan('work', {}, () => {});
    await telemetry.shutdown();
  });
  const left = folder.names().filter((name) => name.startsWith('old-'));
  return { said, left: left.map((name) => name.slice('old-'.length, -'.traces.jsonl'.length)) };
}

// Each start of a process pruned the folder to 500 files: 250 starts, in place of 30 days and 4 GB.
describe('a folder that many short processes record to', () => {
  test('keeps the files of 30 days, however many', async () => {
    process.env['MCP_SESSIONSCOPE_DIR'] = folder.dir;
    for (let i = 0; i < 600; i += 1) recorded(`old-${i}`, 29);
    recorded('old-month', 31);
    const { said, left } = await begin();
    expect(left).toHaveLength(600);
    expect(left).not.toContain('month');
    expect(said).toBe('');
  });

  test('keeps files of any age where it is named: it may be an archive', async () => {
    recorded('old-year', 365);
    expect(await begin(folder.dir)).toEqual({ said: '', left: ['year'] });
  });

  test('loses the oldest beyond 4 GB, and that is said', async () => {
    recorded('old-a', 3, 2.5e9);
    recorded('old-b', 2, 2.5e9);
    recorded('old-c', 1, 1e9);
    const { said, left } = await begin(folder.dir);
    expect(left).toEqual(['b', 'c']);
    expect(said).toBe(
      `mcp-sessionscope: removed the oldest recording in ${folder.dir}: it is kept within 4 GB\n`,
    );
  });

  test('loses the oldest beyond a number of files, but none that may be in use, and that is said', async () => {
    for (let i = 0; i < 5; i += 1) recorded(`old-${i}`, 9 - i);
    for (let i = 5; i < 8; i += 1) recorded(`old-${i}`, 0);
    const said = await stderrOf(async () => removeOldRecordings(folder.dir, { maxFiles: 2 }));
    expect(folder.names()).toEqual(['old-5', 'old-6', 'old-7'].map((name) => `${name}.traces.jsonl`));
    expect(said).toBe(
      `mcp-sessionscope: removed the 5 oldest recordings in ${folder.dir}: it is kept within 2 files\n`,
    );
  });

  test('is looked through by one process in several where its files are many', () => {
    for (let i = 0; i < 2_001; i += 1) recorded(`old-${i}`, 9);
    removeOldRecordings(folder.dir, { maxFiles: 10 }, () => 0.9);
    expect(folder.names()).toHaveLength(2_001);
    removeOldRecordings(folder.dir, { maxFiles: 2_000 }, () => 0.1);
    expect(folder.names()).toHaveLength(2_000);
  });
});
