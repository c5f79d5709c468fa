import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ANSWERS, conversation } from '../../process/support.ts';
import { type Child, startChild } from '../../support/child.ts';
import { options, program, recordEachTest, server, startRun } from './support.ts';

recordEachTest();

const MIB = 1024 * 1024;

/** What a child writes on stdout, as bytes. */
async function bytesOf(child: Child): Promise<Buffer> {
  const chunks: Buffer[] = [];
  child.process.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  await child.exited;
  return Buffer.concat(chunks);
}

/** Sends it in pieces of random sizes, each when the one before has been taken. */
async function write({ process: { stdin } }: Child, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + Math.floor(Math.random() ** 3 * 200_000);
    const piece = bytes.subarray(at, at + size);
    at += size;
    await new Promise((resolve) => stdin?.write(piece, resolve));
  }
  stdin?.end();
}

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe.each(['v1', 'v2'] as const)('a server of %s behind run', (sdk) => {
  test('answers as it does without, byte for byte', async () => {
    const [file = '', ...args] = server(sdk);
    const children = [
      startChild(args[0] as string, { args: args.slice(1), execPath: file }),
      startRun(server(sdk), { options: options() }),
    ];
    const exits = await Promise.all(
      children.map(async (child) => {
        child.send(...conversation);
        await child.lines(ANSWERS);
        child.endStdin();
        return child.exited;
      }),
    );
    expect(exits[1]?.stdout).toBe(exits[0]?.stdout);
    expect(exits[1]?.code).toBe(exits[0]?.code);
    expect(exits[1]?.stderr).toMatch(
      /^mcp-sessionscope: the client sent a line that is no JSON-RPC message.*\n$/,
    );
  });
});

describe('both directions, byte for byte:', () => {
  test.each([
    ['what is no JSON, nor text', () => randomBytes(300_000)],
    [
      'a line of 50 MB',
      () => Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":"${'é'.repeat(25 * MIB)}"}}\n`),
    ],
    ['half a line at the end', () => Buffer.from('{"jsonrpc":"2.0","method":"a"}\n{"jsonrpc":')],
    ['nothing', () => Buffer.alloc(0)],
    [
      'carriage returns, empty lines and batches',
      () => Buffer.from('\r\n\n[{"jsonrpc":"2.0","method":"a"},1]\r\n\n'),
    ],
  ])('%s', async (_, make) => {
    const sent = make();
    const child = startRun(program('echo'), { options: options(), readsStdout: false });
    const [received] = await Promise.all([bytesOf(child), write(child, sent)]);
    expect(received.length).toBe(sent.length);
    expect(hash(received)).toBe(hash(sent));
    expect(await child.gone).toEqual({ code: 0, signal: null });
  });
});

test('what a server writes and then exits arrives whole', async () => {
  const child = startRun(program('write', 'not a line'), { options: options() });
  expect(await child.exited).toMatchObject({ stdout: 'not a line', code: 0 });
});

/** Bytes of a process that are in memory. */
function memoryOf({ process: { pid } }: Child): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

describe('memory', () => {
  test('a client that does not read stops the server, and gets everything later', async () => {
    const child = startRun(program('flood', '200'), { options: options(), readsStdout: false });
    await child.until(() => child.stderr().includes('waits 19'));
    expect(memoryOf(child)).toBeLessThan(250 * MIB);
    // The other direction goes on.
    child.send('\n');
    await child.until(() => child.stderr().includes('heard'));
    let bytes = 0;
    child.process.stdout?.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    const { code } = await child.exited;
    expect({ code, bytes }).toEqual({ code: 0, bytes: 200 * MIB });
  });

  test('a server that does not read stops the client, and gets everything later', async () => {
    const child = startRun(program('ignore'), { options: options() });
    await child.until(() => child.stderr().includes('ready'));
    const sent = Buffer.from(`${'x'.repeat(MIB - 1)}\n`);
    let left = 100;
    const { stdin } = child.process;
    while (stdin?.write(sent)) left -= 1;
    expect(memoryOf(child)).toBeLessThan(250 * MIB);
    child.kill('SIGUSR2');
    while (left > 1) {
      left -= 1;
      await new Promise((resolve) => stdin?.write(sent, resolve));
    }
    child.endStdin();
    const { stderr } = await child.exited;
    expect(stderr).toContain(`read ${100 * MIB}`);
  });
});
