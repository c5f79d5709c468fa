import { expect, test } from '@jest/globals';
import { fileSnippet, otlpSnippet } from '../../../src/explorer/page/snippets.ts';

test('the usual folder needs no name', () => {
  expect(fileSnippet('/home/ada/.mcp-sessionscope')).toContain(
    "instrumentServer(server, { exporterType: 'file' });",
  );
});

test.each([
  ['/srv/recordings', "'/srv/recordings'"],
  ["/tmp/ada's", "'/tmp/ada\\'s'"],
  ['C:\\Users\\ada', "'C:\\\\Users\\\\ada'"],
  ['/a "b"', '\'/a "b"\''],
])('the folder %s is named as code', (dir, literal) => {
  expect(fileSnippet(dir)).toContain(`exporterEndpoint: ${literal},`);
});

test('the settings that send here name the header, where a token is needed', () => {
  expect(otlpSnippet('http://localhost:4318', false)).toBe(
    'OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318',
  );
  expect(otlpSnippet('http://localhost:4318', true).split('\n')).toEqual([
    'OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318',
    'OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20TOKEN',
  ]);
});
