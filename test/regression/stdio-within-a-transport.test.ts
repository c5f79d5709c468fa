import { afterEach, expect, test } from '@jest/globals';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { INITIALIZE, pipes } from '../support/pipes.ts';
import { closeRecordings, record } from '../support/recording.ts';
import { until } from '../support/until.ts';
import { v1Server } from '../support/v1.ts';

afterEach(closeRecordings);

/** A framework's own transport around that of the SDK. */
class Wrapped {
  readonly transport: StdioServerTransport;
  constructor(transport: StdioServerTransport) {
    this.transport = transport;
  }
  set onmessage(value: any) {
    this.transport.onmessage = value;
  }
  set onclose(value: any) {
    this.transport.onclose = value;
  }
  set onerror(value: any) {
    this.transport.onerror = value;
  }
  start(): Promise<void> {
    return this.transport.start();
  }
  send(message: any): Promise<void> {
    return this.transport.send(message);
  }
  close(): Promise<void> {
    return this.transport.close();
  }
}

// It had no `network.transport`, and the end of stdin went unnoticed.
test("a stdio transport within a framework's own is a pipe, whose session ends with stdin", async () => {
  const { telemetry, named } = record();
  const { stdin, stdout, send, answer } = pipes();
  const server = v1Server();
  telemetry.instrument(server);
  await server.connect(new Wrapped(new StdioServerTransport(stdin, stdout)) as never);
  send(INITIALIZE);
  await answer('init');
  stdin.end();
  const end = await until(() => named('mcp.session end')[0], 'the end of the session');
  expect(end.attributes).toMatchObject({
    'mcp.client.session.end_reason': 'stdin_eof',
    'network.transport': 'pipe',
  });
});
