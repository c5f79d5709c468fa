import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import { StdioServerTransport as StdioV1 } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import fc from 'fast-check';
import type { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { json, message, RUNS } from '../support/messages.ts';
import { closeRecordings, record } from '../support/recording.ts';
import { settled } from '../support/until.ts';
import { v1Server } from '../support/v1.ts';
import { v2Server } from '../support/v2.ts';

afterEach(closeRecordings);

type Serve = (
  stdin: PassThrough,
  stdout: PassThrough,
  telemetry: TelemetryManager | undefined,
  report: (error: Error) => void,
) => Promise<{ close(): Promise<void> }>;

const serveV1: Serve = async (stdin, stdout, telemetry, report) => {
  const server = v1Server();
  server.server.onerror = report;
  telemetry?.instrument(server);
  await server.connect(new StdioV1(stdin, stdout));
  return server;
};

const serveV2: Serve = async (stdin, stdout, telemetry, onerror) =>
  serveStdio(
    () => {
      const server = v2Server();
      telemetry?.instrument(server);
      return server;
    },
    { transport: new StdioServerTransport(stdin, stdout), onerror },
  );

async function output(serve: Serve, input: string, telemetry: TelemetryManager | undefined) {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const reported: string[] = [];
  const server = await serve(stdin, stdout, telemetry, (error) => reported.push(error.message));
  let written = '';
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    written += chunk;
  });
  stdin.write(input);
  await settled();
  stdin.end();
  await settled();
  await server.close();
  return { written, reported };
}

const line = fc.oneof(
  { weight: 6, arbitrary: message.map((any) => JSON.stringify(any)) },
  { weight: 1, arbitrary: json.map((any) => JSON.stringify(any)) },
  { weight: 1, arbitrary: fc.string() },
);

describe.each([
  ['v1', serveV1],
  ['v2', serveV2],
] as const)('an instrumented stdio server (%s)', (_, serve) => {
  test('writes to stdout, byte for byte, what the bare one writes', async () => {
    const { telemetry } = record();
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 10 }), async (lines) => {
        const input = `${lines.join('\n')}\n`;
        expect(await output(serve, input, telemetry)).toEqual(await output(serve, input, undefined));
      }),
      RUNS,
    );
    expect(telemetry.activeSessions()).toEqual([]);
  });
});
