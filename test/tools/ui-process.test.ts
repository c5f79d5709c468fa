import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';

const MODULE = join(__dirname, '../../tools/support/ui-process.ts');

/** Starts the page as the demo does, and tells where it is. */
const PARENT = `
  import { startUiProcess } from ${JSON.stringify(MODULE)};
  const { url } = await startUiProcess(['--dir', process.argv[1], '--port', '0', '--no-otlp']);
  console.log(url.href);
`;

describe("a tool's page", () => {
  test.each(['SIGKILL', 'SIGTERM'] as const)('is gone when its tool is ended by %s', async (signal) => {
    const dir = mkdtempSync(join(tmpdir(), 'sessionscope-ui-process-'));
    const tool = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', PARENT, '--', dir],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      const [line] = (await once(tool.stdout, 'data')) as [Buffer];
      const changes = await open(new URL('/api/changes', line.toString().trim()));
      expect(changes.statusCode).toBe(200);
      const ended = new Promise((resolve) => changes.once('close', resolve));
      tool.kill(signal);
      await ended;
      await expect(open(new URL('/', line.toString().trim()))).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    } finally {
      tool.kill('SIGKILL');
      removeFolderSync(dir);
    }
  });
});

/** An answer whose body has not come yet. */
function open(url: URL): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    http
      .get(url, (response) => {
        response.on('error', () => {}).resume();
        resolve(response);
      })
      .once('error', reject);
  });
}
