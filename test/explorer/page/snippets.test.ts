import { expect, test } from '@jest/globals';
import { type Place, waysToBegin } from '../../../src/explorer/page/snippets.ts';

const USUAL = { dir: '/home/ada/.mcp-sessionscope' };
const textsOf = (name: string, place: Place): string[] =>
  waysToBegin(place)
    .filter((way) => way.name === name)
    .flatMap(({ steps }) => steps.map(({ text }) => text));

test('there are three ways, the one with the least to do first', () => {
  expect(waysToBegin(USUAL).map(({ name }) => name)).toEqual([
    'Any command',
    'Node, without code',
    'In code',
  ]);
});

test('the usual folder needs no name', () => {
  expect(textsOf('Any command', USUAL)).toEqual([
    'npx -y mcp-sessionscope run -- YOUR COMMAND',
    'npx -y mcp-sessionscope wrap',
    'npx -y mcp-sessionscope proxy --to http://localhost:3000/mcp',
  ]);
  expect(textsOf('Node, without code', USUAL)[1]).toBe(
    'MCP_SESSIONSCOPE_EXPORTER_TYPE=file node --import mcp-sessionscope/register server.js',
  );
  expect(textsOf('In code', USUAL)[1]).toContain("instrumentServer(server, { exporterType: 'file' });");
});

test.each([
  ['/srv/recordings', "'/srv/recordings'"],
  ["/tmp/ada's", "'/tmp/ada\\'s'"],
  ['C:\\Users\\ada', "'C:\\\\Users\\\\ada'"],
  ['/a "b"', '\'/a "b"\''],
])('the folder %s is named as code', (dir, literal) => {
  expect(textsOf('In code', { dir })[1]).toContain(`exporterEndpoint: ${literal},`);
});

test.each([
  ['/srv/recordings', '/srv/recordings'],
  ["/tmp/ada's $HOME", "'/tmp/ada'\\''s $HOME'"],
])('the folder %s is named for a shell', (dir, word) => {
  expect(textsOf('Any command', { dir })).toEqual([
    `npx -y mcp-sessionscope run --dir ${word} -- YOUR COMMAND`,
    `npx -y mcp-sessionscope wrap --dir ${word}`,
    `npx -y mcp-sessionscope proxy --dir ${word} --to http://localhost:3000/mcp`,
  ]);
  expect(textsOf('Node, without code', { dir })[1]).toContain(` MCP_SESSIONSCOPE_DIR=${word} node `);
});

test('a server that sends here by itself needs no settings', () => {
  const place = { ...USUAL, otlpUrl: 'http://localhost:4318' };
  expect(textsOf('Node, without code', place)[1]).toBe('node --import mcp-sessionscope/register server.js');
  expect(textsOf('In code', place)[2]).toBe('OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318');
});

test('the settings that send here name another port, and the header where a token is needed', () => {
  const place = { ...USUAL, otlpUrl: 'http://localhost:9999', otlpNeedsToken: true } as const;
  const settings = [
    'OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:9999',
    'OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20TOKEN',
  ];
  expect(textsOf('In code', place)[2]?.split('\n')).toEqual(settings);
  expect(textsOf('Node, without code', place)[1]).toBe(
    `${settings.join(' ')} node --import mcp-sessionscope/register server.js`,
  );
});

// The API by name, whatever its version, keeps the packages of OpenTelemetry JS 2.x out, or those of 3.x.
test('what is installed leaves room for every version of OpenTelemetry', () => {
  for (const name of ['Node, without code', 'In code']) {
    expect(textsOf(name, USUAL)[0]).toBe('npm install mcp-sessionscope');
  }
});
