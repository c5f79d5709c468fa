import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { otlpLine, otlpSpan, withRecording } from '../explorer/support.ts';
import { call, initialize, initialized, startServer } from '../process/support.ts';
import { built, ensureBuilt } from '../support/built.ts';
import { type Child, type Exit, killChildren, startChild } from '../support/child.ts';
import { type OtlpReceiver, startReceiver } from '../support/otlp-receiver.ts';

beforeAll(ensureBuilt, 90_000);

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  killChildren();
  await receiver.close();
});

const PER_FILE = 60;
const IDS = Array.from({ length: 3 * PER_FILE }, (_, i) => (i + 1).toString(16).padStart(16, '0'));

/** Three files of 60 lines, each with one span. */
function recording(): Record<string, string[]> {
  const lines = IDS.map((id, i) => otlpLine([otlpSpan({ id, at: i })]));
  return {
    'a.traces.jsonl': lines.slice(0, PER_FILE),
    'a.traces.1.jsonl': lines.slice(PER_FILE, 2 * PER_FILE),
    'a.traces.2.jsonl': lines.slice(2 * PER_FILE),
  };
}

const start = (dir: string, ...options: string[]): Child =>
  startChild(built.cli, { args: ['replay', dir, '--endpoint', receiver.url, ...options] });

const replay = (dir: string, ...options: string[]): Promise<Exit> => start(dir, ...options).exited;

/** The span of the line that a message names. */
function namedIds(stderr: string): string[] {
  const named = stderr.matchAll(/a\.traces(?:\.(\d))?\.jsonl:(\d+) may or may not have arrived/g);
  return [...named].map(([, file, line]) => IDS[Number(file ?? 0) * PER_FILE + Number(line) - 1] as string);
}

describe('a replay that is killed (kill -9) while the receiver has a request and has not answered', () => {
  test('goes on behind it, names it, and every span arrives exactly once', async () => {
    await withRecording(recording(), async (dir) => {
      let child: Child | undefined;
      // In the middle of the second file.
      receiver.answer = (_, index) => {
        if (index !== 89) return { status: 200 };
        child?.kill('SIGKILL');
        return 'hold';
      };
      child = start(dir);
      expect(await child.gone).toEqual({ code: null, signal: 'SIGKILL' });
      expect(receiver.spanIds()).toEqual(IDS.slice(0, 90));
      const { code, stdout, stderr } = await replay(dir);
      expect(receiver.spanIds()).toEqual(IDS);
      expect(namedIds(stderr)).toEqual([IDS[89]]);
      expect(code).toBe(1);
      expect(stdout).toContain('sent 90 lines with 90 spans of 2 files in 90 requests');
    });
  });

  test('sends it again where that is wished', async () => {
    await withRecording(recording(), async (dir) => {
      let child: Child | undefined;
      receiver.answer = (_, index) => {
        if (index !== 4) return { status: 200 };
        child?.kill('SIGKILL');
        return 'hold';
      };
      child = start(dir);
      await child.gone;
      expect(await replay(dir, '--resend-unsure')).toMatchObject({ code: 0, stderr: '' });
      expect(receiver.spanIds()).toEqual([...IDS.slice(0, 5), IDS[4], ...IDS.slice(5)]);
    });
  });
});

test('killed again and again at any moment, no span arrives twice, and one that is missing was named', async () => {
  await withRecording(recording(), async (dir) => {
    const named: string[] = [];
    let code: number | null = null;
    let runs = 0;
    for (; code === null; runs += 1) {
      const child = start(dir);
      const seen = receiver.requests.length;
      // Moments that differ from run to run and are the same in each test run.
      const [count, pause] = createHash('sha256').update(String(runs)).digest();
      const isLast = runs === 12;
      if (!isLast) {
        await Promise.race([receiver.received(seen + ((count as number) % 12) + 1), child.gone]);
        await new Promise((resolve) => setTimeout(resolve, (pause as number) % 4));
        child.kill('SIGKILL');
      }
      const exit = await child.exited;
      code = exit.code;
      named.push(...namedIds(exit.stderr));
    }
    expect(runs).toBeGreaterThan(5);
    const ids = receiver.spanIds();
    expect(new Set(ids).size).toBe(ids.length);
    const missing = IDS.filter((id) => !ids.includes(id));
    expect(missing.filter((id) => !named.includes(id))).toEqual([]);
  });
}, 120_000);

describe('Ctrl-C', () => {
  test('waits for the request that is under way, and the next run goes on behind it', async () => {
    await withRecording(recording(), async (dir) => {
      let answer = (): void => {};
      receiver.answer = (_, index) =>
        index === 10
          ? new Promise((resolve) => {
              answer = () => resolve({ status: 200 });
            })
          : { status: 200 };
      const child = start(dir);
      await receiver.received(11);
      child.kill('SIGINT');
      await child.until(() => child.stderr().includes('stopping once the request under way is answered'));
      answer();
      const exit = await child.exited;
      expect(exit).toMatchObject({ code: 130, signal: null });
      expect(exit.stdout).toBe('sent 11 lines with 11 spans of 1 file in 11 requests\n');
      expect(exit.stderr).toContain('stopped; run the same command again to continue');
      expect(await replay(dir)).toMatchObject({ code: 0, stderr: '' });
      expect(receiver.spanIds()).toEqual(IDS);
    });
  });

  test('ends at once where a retry is waited for', async () => {
    await withRecording(recording(), async (dir) => {
      receiver.answer = (_, index) =>
        index === 3 ? { status: 503, headers: { 'retry-after': '60' } } : { status: 200 };
      const child = start(dir);
      await child.until(() => child.stderr().includes('trying again in 60 s'));
      child.kill('SIGTERM');
      expect(await child.exited).toMatchObject({ code: 143 });
      expect(await replay(dir)).toMatchObject({ code: 0, stderr: '' });
      expect(receiver.spanIds()).toEqual([...IDS.slice(0, 4), IDS[3], ...IDS.slice(4)]);
    });
  });

  test('pressed twice, gives up the request and names it', async () => {
    await withRecording(recording(), async (dir) => {
      receiver.answer = (_, index) => (index === 3 ? 'hold' : { status: 200 });
      const child = start(dir);
      await receiver.received(4);
      child.kill('SIGINT');
      await child.until(() => child.stderr().includes('again to stop at once'));
      child.kill('SIGINT');
      const exit = await child.exited;
      expect(exit.code).toBe(1);
      expect(namedIds(exit.stderr)).toEqual([IDS[3]]);
      await replay(dir);
      expect(receiver.spanIds()).toEqual(IDS);
    });
  });
});

test('a state file that cannot grow any more ends the replay, and the next run sends nothing twice', async () => {
  await withRecording(recording(), async (dir) => {
    const command = `ulimit -f 4; exec "$0" "$@"`;
    const args = [process.execPath, built.cli, 'replay', dir, '--endpoint', receiver.url];
    const limited = spawn('/bin/sh', ['-c', command, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    limited.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(limited, 'close');
    expect(code).toBe(1);
    expect(stderr).toContain('mcp-sessionscope: stopped: EFBIG');
    const sent = receiver.requests.length;
    expect(sent).toBeLessThan(IDS.length);
    const next = await replay(dir);
    const ids = receiver.spanIds();
    expect(new Set(ids).size).toBe(ids.length);
    const missing = IDS.filter((id) => !ids.includes(id));
    expect(missing.filter((id) => !namedIds(next.stderr).includes(id))).toEqual([]);
    expect(ids.length).toBeGreaterThanOrEqual(IDS.length - 1);
  });
});

test('two replays of one recording: the second says that the first one runs', async () => {
  await withRecording(recording(), async (dir) => {
    receiver.answer = () => 'hold';
    const first = start(dir);
    await receiver.received(1);
    const second = await replay(dir);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`another replay (process ${first.process.pid} on `);
  });
});

test('what a real server recorded to files arrives as it stands, both signals', async () => {
  await withRecording({}, async (dir) => {
    const server = startServer({
      config: { exporterType: 'file', exporterEndpoint: dir },
      hooks: {},
    });
    server.send(initialize, initialized, call(1, 'echo', { text: 'hi' }));
    await server.lines(2);
    server.endStdin();
    await server.exited;
    const written = readdirSync(dir).flatMap((name) =>
      readFileSync(join(dir, name), 'utf8').trimEnd().split('\n'),
    );
    expect(await replay(dir)).toMatchObject({ code: 0, stderr: '' });
    expect(receiver.requests.map(({ raw }) => raw.toString()).sort()).toEqual(written.sort());
    expect(new Set(receiver.requests.map(({ path }) => path))).toEqual(
      new Set(['/v1/traces', '/v1/metrics']),
    );
  });
});
