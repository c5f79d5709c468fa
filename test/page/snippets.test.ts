import { expect, test } from '@jest/globals';
import { fileSnippet } from '../../page/src/snippets.ts';

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
