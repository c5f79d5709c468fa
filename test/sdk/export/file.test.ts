import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type RecordingFolder, recordingFolder } from '../../support/recorded.ts';
import { stderrOf } from '../../support/stderr.ts';
import { manage, observe, setEnvironment, shutDownAll } from './support.ts';

let folder: RecordingFolder;
beforeEach(() => {
  setEnvironment();
  folder = recordingFolder();
});
afterEach(async () => {
  await shutDownAll();
  folder.remove();
});

const toFiles = () => ({ exporterType: 'file' as const, exporterEndpoint: folder.dir });

describe('the exporter file', () => {
  test('writes one file of OTLP JSON lines per signal', async () => {
    const { echo, telemetry } = await observe(toFiles());
    await echo();
    await telemetry.forceFlush();
    await echo();
    await telemetry.shutdown();

    expect(folder.names()).toHaveLength(2);
    const started = '\\d{8}T\\d{6}Z';
    const id = telemetry.sessionId.slice(0, 8);
    for (const signal of ['metrics', 'traces']) {
      const name = folder.names().find((each) => each.includes(signal)) as string;
      // A second manager of a process has a number behind the id.
      expect(name).toMatch(
        new RegExp(`^test-server-${started}-${process.pid}-${id}(-\\d+)?\\.${signal}\\.jsonl$`),
      );
      expect(statSync(join(folder.dir, name)).mode & 0o777).toBe(0o600);
    }
    // A line per export.
    expect(folder.lines('traces').map((line) => Object.keys(line))).toEqual([
      ['resourceSpans'],
      ['resourceSpans'],
    ]);
    expect(folder.lines('metrics').map((line) => Object.keys(line))).toEqual([
      ['resourceMetrics'],
      ['resourceMetrics'],
    ]);
    const spans = folder.spans();
    expect(spans.filter(({ name }) => name === 'tools/call echo')).toHaveLength(2);
    expect(spans[0]).toMatchObject({
      traceId: expect.stringMatching(/^[\da-f]{32}$/),
      spanId: expect.stringMatching(/^[\da-f]{16}$/),
      startTimeUnixNano: expect.stringMatching(/^\d{19}$/),
      resource: { 'service.name': 'test-server', 'service.instance.id': telemetry.sessionId },
    });
  });

  test('gives each manager of a process files of its own', async () => {
    const config = toFiles();
    for (const serverName of ['one', 'one', 'two/../three']) {
      manage({ ...config, serverName }).startActiveSpan(serverName, {}, () => {});
    }
    await shutDownAll();
    const traces = folder.names().filter((name) => name.includes('.traces.'));
    expect(traces).toHaveLength(3);
    expect(traces.filter((name) => name.startsWith('one-'))).toHaveLength(2);
    expect(traces.filter((name) => name.startsWith('two-..-three-'))).toHaveLength(1);
  });

  test('counts and tells what it lost once the folder can be written again', async () => {
    const dir = join(folder.dir, 'recordings');
    writeFileSync(dir, 'in the way');
    const { echo, telemetry } = await observe({ exporterType: 'file', exporterEndpoint: dir });
    const said = await stderrOf(async () => {
      await telemetry.forceFlush();
      await telemetry.forceFlush();
      rmSync(dir);
      await echo();
      await telemetry.forceFlush();
    });
    expect(said.split('\n')).toEqual([
      expect.stringMatching(
        /^mcp-sessionscope: cannot export to .*recordings: (?:Error: )?(EEXIST|ENOTDIR): .*; will go on trying, requests are not affected$/,
      ),
      expect.stringMatching(/^mcp-sessionscope: exporting to .*recordings works again; 3 spans were lost$/),
      '',
    ]);
  });

  test('leaves a folder that others may read as it is', async () => {
    const dir = join(folder.dir, 'shared');
    mkdirSync(dir);
    chmodSync(dir, 0o755);
    const { telemetry } = await observe({ exporterType: 'file', exporterEndpoint: dir });
    await telemetry.shutdown();
    expect(statSync(dir).mode & 0o777).toBe(0o755);
  });
});
