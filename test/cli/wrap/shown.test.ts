import { expect, test } from '@jest/globals';
import { shownPlace, shownWords } from '../../../src/cli/wrap/shown.ts';

test.each([
  [
    'npx',
    '-y',
    'mcp-sessionscope@0.1',
    'run',
    '--',
    'npx',
    '-y',
    '@modelcontextprotocol/server-filesystem@2026.1.14',
    '/Users/ada/Desktop',
  ],
  ['docker', 'run', '-i', '--rm', '-v', 'claude-memory:/app/dist', 'ghcr.io/github/github-mcp-server'],
  [
    'uv',
    '--directory',
    '/srv/tools/python3.11',
    'run',
    'server.py',
    '--port=8080',
    '--local-timezone=America/New_York',
  ],
])('a plain command is shown as it is: %s', (...words) => {
  expect(shownWords(words)).toBe(words.join(' '));
});

test.each([
  [['x', '--api-key', 'SECRET'], 'x --api-key …'],
  [['x', '--api-key=SECRET'], 'x --api-key=…'],
  [['x', '-k', 'SECRET', '--license', 'SECRET'], 'x -k … --license …'],
  [['x', '--token', 'NAME=SECRET'], 'x --token …'],
  [['x', '-p8080', '-path', '-pSECRET'], 'x -p8080 -path -p…'],
  [['docker', 'run', '-e', 'GITHUB_TOKEN=SECRET', '-e', 'SECRET'], 'docker run -e GITHUB_TOKEN=… -e …'],
  [
    [
      'npx',
      'mcp-remote',
      'https://mcp.example.com/SECRET/sse?k=SECRET',
      '--header',
      'Authorization: Bearer SECRET',
    ],
    'npx mcp-remote https://mcp.example.com/… --header …',
  ],
  [['x', '--db=postgres://ada:SECRET@db:5432/main'], 'x --db=postgres://db:5432/…'],
  [['x', 'postgresql://ada:SECRET@db/main?sslmode=SECRET'], 'x postgresql://db/…'],
  [['x', 'abcdefghij0123456789SECRET'], 'x …'],
  [['x', '8b1f7a52-0f3e-4c5d-9a77-1c2d3e4f5a6b'], 'x …'],
  [['x', 'A-b9_SECRETsecret-0123456'], 'x …'],
  [['sh', '-c', 'API_KEY=SECRET0a1b2c server --x'], expect.not.stringContaining('SECRET0a1b2c')],
])('what may be a secret is not shown: %j', (words, expected) => {
  const line = shownWords(words);
  expect(line).toEqual(expected);
  expect(line).not.toContain('SECRET');
});

test('what could act on a terminal is written out, and a long command is cut', () => {
  expect(shownWords(['x', 'a\u001b[2J', 'b c', ''])).toBe('x a\\x1b[2J "b c" ""');
  expect(shownWords(['x', 'word '.repeat(10_000)]).length).toBeLessThan(500);
  const started = Date.now();
  shownWords(Array.from({ length: 10_000 }, () => 'a'.repeat(10_000)));
  expect(Date.now() - started).toBeLessThan(2_000);
});

test('of a URL only the place is shown', () => {
  expect(shownPlace('https://ada:SECRET@mcp.example.com:8443/SECRET?SECRET#SECRET')).toBe(
    'https://mcp.example.com:8443/…',
  );
  expect(shownPlace('http://localhost:3000')).toBe('http://localhost:3000');
});

test.each([
  'http://localhost:3000/mcp',
  'https://a.example.com/api/v1/mcp-server/',
  'https://a/Some_Docs.v2/sse',
])('a path of plain words is shown: %s', (url) => {
  expect(shownPlace(url)).toBe(url);
});

test.each([
  'https://a/mcp?SECRET',
  'https://a/mcp#SECRET',
  'https://ada:SECRET@a/mcp',
  'https://a/s/NTk3SECRET0a/mcp',
  'https://a/abcSECRET',
  'https://a/12345678',
  'https://a/abcdefghijklmnopqrstuvwxyz',
  'https://a/%53ECRET',
])('any other path is not: %s', (url) => {
  expect(shownPlace(url)).toBe('https://a/…');
});
