import { PassThrough } from 'node:stream';
import { until } from './until.ts';

/** The two pipes of a stdio server, seen from its client. */
export interface Pipes {
  stdin: PassThrough;
  stdout: PassThrough;
  /** Messages that the server wrote, in order. */
  received(): any[];
  send(...messages: object[]): void;
  answer(id: string | number): Promise<any>;
}

export function pipes(): Pipes {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  let written = '';
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    written += chunk;
  });
  const received = (): any[] =>
    written
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  return {
    stdin,
    stdout,
    received,
    send: (...messages) =>
      void stdin.write(
        messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''),
      ),
    answer: (id) => until(() => received().find((message) => message.id === id), `the answer to ${id}`),
  };
}

export const INITIALIZE = {
  id: 'init',
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'piped', version: '1' },
  },
};

/** `_meta` of a request of MCP 2026-07-28. */
export const MODERN = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'modern', version: '3' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
