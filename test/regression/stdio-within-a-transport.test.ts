import { afterEach, expect, test } from '@jest/globals';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { INITIALIZE, pipes } from '../support/pipes.ts';
import { closeRecordings, record } from '../support/recording.ts';
import { SettersOnly } from '../support/setters-only.ts';
import { until } from '../support/until.ts';
import { v1Server } from '../support/v1.ts';

afterEach(closeRecordings);

// It had no `network.transport`, and the end of stdin went unnoticed.
test("a stdio transport within a framework's own is a pipe, whose session ends with stdin", async () => {
  const { telemetry, named } = record();
  const { stdin, stdout, send, answer } = pipes();
  const server = v1Server();
  telemetry.instrument(server);
  await server.connect(new SettersOnly(new StdioServerTransport(stdin, stdout)) as never);
  send(INITIALIZE);
  await answer('init');
  stdin.end();
  const end = await until(() => named('mcp.session end')[0], 'the end of the session');
  expect(end.attributes).toMatchObject({
    'mcp.client.session.end_reason': 'stdin_eof',
    'network.transport': 'pipe',
  });
});
