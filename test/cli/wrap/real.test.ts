import { mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { removeFolderSync } from '../../../tools/support/remove-folder.ts';
import { ensureBuilt } from '../../support/built.ts';
import { listRows, runCli } from '../support.ts';

const ROOT = join(__dirname, '../../..');
const EVERYTHING = require.resolve('@modelcontextprotocol/server-everything/dist/index.js');

beforeAll(ensureBuilt, 60_000);

let home: string;
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'sessionscope-wrapped-')));
});
afterEach(() => removeFolderSync(home));

/** As a client does it: the command of the file, with the arguments and variables that are there. */
async function toolsOf(file: string): Promise<string[]> {
  const { command, args, env } = JSON.parse(readFileSync(file, 'utf8')).mcpServers.everything;
  const client = new Client({ name: 'wrapped', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({ command, args, env: { ...(process.env as any), ...env }, stderr: 'ignore' }),
  );
  const { tools } = await client.listTools();
  await client.callTool({ name: 'echo', arguments: { message: 'hello' } });
  await client.close();
  return tools.map(({ name }) => name);
}

test('a wrapped server answers as before and its session is recorded; unwrapped, it is as it was', async () => {
  const dir = join(home, 'recording');
  const file = join(home, 'mcp.json');
  const text = `{
  "mcpServers": {
    "everything": {
      "command": ${JSON.stringify(process.execPath)},
      "args": [${JSON.stringify(EVERYTHING)}, "stdio"],
      "env": { "MCP_SESSIONSCOPE_DIR": ${JSON.stringify(dir)} }
    }
  }
}
`;
  writeFileSync(file, text);
  const bare = await toolsOf(file);
  // The package's own name is in the path, as it is where it is installed.
  symlinkSync(ROOT, join(home, 'mcp-sessionscope'));
  const command = `"${process.execPath}" "${join(home, 'mcp-sessionscope/dist/cli.js')}"`;
  expect(await runCli(['wrap', file, '--yes', '--command', command])).toMatchObject({ code: 0, stderr: '' });
  expect(await toolsOf(file)).toEqual(bare);
  const rows = await listRows(dir);
  expect(rows).toEqual([expect.objectContaining({ clientName: 'wrapped' })]);
  expect(await runCli(['unwrap', file, '--yes'])).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(file, 'utf8')).toBe(text);
});
