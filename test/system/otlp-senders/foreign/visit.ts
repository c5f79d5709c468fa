import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Call, ForeignSender } from './senders.ts';

export const CLIENT = { name: 'a-client', version: '3.2.1' };

/** Visits a server that sends its spans to `url`, with a client that nobody traces. Resolves with what it asked. */
export async function visit(sender: ForeignSender, url: string): Promise<Call[]> {
  const env = {
    ...getDefaultEnvironment(),
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_SERVICE_NAME: sender.name,
    PYTHONDONTWRITEBYTECODE: '1',
  };
  return sender.transport === 'http' ? visitHttp(sender, env) : visitStdio(sender, env);
}

async function visitStdio({ command, args }: ForeignSender, env: Record<string, string>): Promise<Call[]> {
  const transport = new StdioClientTransport({ command, args: [...args], env, stderr: 'ignore' });
  return converse(transport);
}

async function visitHttp({ command, args }: ForeignSender, env: Record<string, string>): Promise<Call[]> {
  const server = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(server, 'exit');
  try {
    const [address] = await once(createInterface(server.stdout), 'line');
    return await converse(new StreamableHTTPClientTransport(new URL(address)));
  } finally {
    server.stdin.end();
    await ended;
  }
}

async function converse(transport: Parameters<Client['connect']>[0]): Promise<Call[]> {
  const client = new Client(CLIENT);
  const calls: Call[] = [{ method: 'initialize' }];
  const ask = async (call: Call, answer: Promise<unknown>): Promise<void> => {
    const isBad = await answer.then(
      (result) => (result as { isError?: boolean }).isError === true,
      () => true,
    );
    calls.push(isBad ? { ...call, isBad } : call);
  };
  const callTool = (tool: string, given: Record<string, unknown>): Promise<void> =>
    ask({ method: 'tools/call', tool }, client.callTool({ name: tool, arguments: given }));
  await client.connect(transport);
  await ask({ method: 'tools/list' }, client.listTools());
  await callTool('add', { a: 1, b: 2 });
  await callTool('boom', { why: 'a test' });
  await callTool('nope', {});
  await callTool('add', { a: 'x' });
  for (const uri of ['memo://note', 'memo://missing'])
    await ask({ method: 'resources/read' }, client.readResource({ uri }));
  for (const name of ['greet', 'none'])
    await ask({ method: 'prompts/get' }, client.getPrompt({ name, arguments: { name: 'Bob' } }));
  await ask({ method: 'ping' }, client.ping());
  await client.close();
  return calls;
}
