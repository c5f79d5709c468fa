import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { homeFolder } from '../../src/sdk/export/recording-dir.ts';

const MAIN = join(__dirname, '../../src/cli/main.ts');

/** A container that runs as a user whom it does not know: Node throws where it is asked for the home folder. */
const HOMELESS = `
  import os from 'node:os';
  import { syncBuiltinESMExports } from 'node:module';
  const fail = () => { throw new Error('uv_os_homedir returned ENOENT'); };
  Object.assign(os, { homedir: fail, userInfo: fail });
  syncBuiltinESMExports();
`;

function runHomeless(...argv: string[]) {
  const preload = `data:text/javascript,${encodeURIComponent(HOMELESS)}`;
  const { MCP_SESSIONSCOPE_DIR: _, ...env } = process.env;
  return spawnSync(process.execPath, ['--import', 'tsx', '--import', preload, MAIN, ...argv], {
    env: { ...env, NODE_OPTIONS: '' },
    encoding: 'utf8',
  });
}

// It printed the stack of Node's system error.
test.each([['sessions'], ['ui', '--no-open'], ['mcp']])(
  '%s says what to do for a user without a home folder',
  (...argv) => {
    const { status, stdout, stderr } = runHomeless(...argv);
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: 'mcp-sessionscope: this user has no home folder: name a folder, or set MCP_SESSIONSCOPE_DIR\n',
    });
  },
);

// Files went wherever the process happened to stand.
test('an empty HOME is no home folder', () => {
  const { HOME: before } = process.env;
  process.env['HOME'] = '';
  try {
    expect(homeFolder()).toMatch(/^(\/|[A-Z]:)/);
  } finally {
    if (before === undefined) delete process.env['HOME'];
    else process.env['HOME'] = before;
  }
});
