import { expect, test } from '@jest/globals';
import { provisionalName } from '../../../src/proxy/stdio/provisional-name.ts';

test.each([
  ['/usr/bin/weather-server', ['--key', 'secret'], 'weather-server'],
  ['npx', ['-y', '@scope/server', 'secret'], 'npx @scope/server'],
  ['C:\\Program Files\\nodejs\\npx.cmd', ['-y', 'server'], 'npx server'],
  ['uvx', ['mcp-server-git', '--repository', '/secret'], 'uvx mcp-server-git'],
  ['/usr/bin/node', ['/home/somebody/dist/server.js'], 'node server.js'],
  ['node', ['--eval', 'run("secret")'], 'node'],
  ['python3', ['https://user:secret@host/'], 'python3'],
  ['docker', ['run', '-e', 'KEY=secret', 'image'], 'docker'],
] as const)('%s %j is called %s', (command, args, name) => {
  expect(provisionalName(command, args)).toBe(name);
});
