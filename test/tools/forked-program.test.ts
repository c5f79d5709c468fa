import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ForkedProgram, type ProgramOptions, runForked } from '../../tools/support/forked-program.ts';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'forked-program-'));
afterAll(() => removeFolderSync(folder));

describe('a forked program', () => {
  it('is given its job, its environment and its folder, and answers', async () => {
    const file = program(
      'process.send({ job: JSON.parse(process.argv[2]), env: process.env.SAID, cwd: process.cwd() });',
    );
    const answer = await runForked(file, { a: 1 }, options({ folder: tmpdir(), env: { SAID: 'yes' } }));
    expect(answer).toEqual({ job: { a: 1 }, env: 'yes', cwd: tmpdir() });
  });

  it('answers one question after the other', async () => {
    const file = program("process.on('message', (question) => process.send(question + '!'));");
    const child = new ForkedProgram(file, {}, options());
    expect(await child.ask('one')).toBe('one!');
    expect(await child.ask('two')).toBe('two!');
    await child.end();
  });

  it('fails with the end of its stderr where it exits instead of answering', async () => {
    const file = program("process.stderr.write('no such engine', () => process.exit(3));");
    await expect(runForked(file, {}, options())).rejects.toThrow(/exited with 3\nno such engine/);
  });

  it('fails where it answers and then exits with a failure', async () => {
    const file = program("process.send('done', () => process.exit(4));");
    await expect(runForked(file, {}, options())).rejects.toThrow('exited with 4');
  });

  it('fails where it does not answer in time', async () => {
    const file = program("process.on('message', () => {});");
    await expect(runForked(file, {}, options({ timeoutMs: 50 }))).rejects.toThrow('did not answer');
  });

  it('is killed by the signal', async () => {
    const stop = new AbortController();
    const file = program(
      "process.on('SIGTERM', () => {}); process.on('message', () => {}); process.send(1);",
    );
    const child = new ForkedProgram(file, {}, options({ signal: stop.signal }));
    await child.answer();
    const next = child.answer();
    stop.abort();
    await expect(next).rejects.toThrow('aborted');
    await child.stop();
  });
});

let programs = 0;

function program(source: string): string {
  programs += 1;
  const file = join(folder, `${programs}.mjs`);
  writeFileSync(file, source);
  return file;
}

function options(more: Partial<ProgramOptions> = {}): ProgramOptions {
  return { execArgv: [], signal: new AbortController().signal, ...more };
}
