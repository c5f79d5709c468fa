import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createReceiver } from '../../../../src/explorer/receiver/receiver.ts';
import { openStore } from '../../../../src/explorer/store/open-store.ts';
import type { SessionStore } from '../../../../src/explorer/store/types.ts';
import type { Check } from '../../../../tools/support/checks.ts';
import { removeFolder } from '../../../../tools/support/remove-folder.ts';
import { formatTable } from '../../../../tools/support/table.ts';
import { type Call, type ForeignSender, foreignSenders } from './senders.ts';
import { CLIENT, visit } from './visit.ts';

/** What a row says, as far as the client can tell. */
interface Figures {
  readonly source: string | undefined;
  readonly client: string | undefined;
  readonly calls: number;
  readonly errors: number;
  readonly tools: readonly string[];
}

/** Servers that others instrument, each visited by a client: their rows must be what the client did. */
export async function judgeForeign(say: (line: string) => void): Promise<Check[]> {
  const senders = await foreignSenders(say);
  const dir = await mkdtemp(join(tmpdir(), 'otlp-foreign-'));
  const receiver = createReceiver({ dir, warn: say });
  const server = createServer((request, response) => void receiver.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const store = openStore({ dir, pollMs: 1e9 });
  try {
    const visits = await Promise.all(
      senders.map(async (sender) => ({ sender, calls: await visit(sender, `http://127.0.0.1:${port}`) })),
    );
    await receiver.close();
    await store.refresh();
    const judged = visits.map(({ sender, calls }) => ({
      sender,
      found: figuresOf(store, sender),
      expected: expectedOf(sender, calls),
    }));
    say(`\n${formatTable([HEAD, ...judged.map(({ sender, found }) => cellsOf(sender, found))])}\n`);
    return judged.map(({ sender, found, expected }) => checkOf(sender, found, expected));
  } finally {
    await store.close();
    server.closeAllConnections();
    server.close();
    await removeFolder(dir);
  }
}

const HEAD = ['instrumented by others', 'rows', 'source', 'client', 'calls', 'errors', 'tools'];

function figuresOf(store: SessionStore, { name }: ForeignSender): Figures[] {
  return store.rows(store.list({ service: name })).map(({ source, clientName, calls, errors, tools }) => ({
    source,
    client: clientName,
    calls,
    errors,
    tools,
  }));
}

function expectedOf(sender: ForeignSender, all: readonly Call[]): Figures[] {
  const { source, records, extraCalls = 0, tellsError, namesTool, tellsClient } = sender;
  const calls = all.filter((call) => records?.(call) ?? true);
  const tools = new Set(calls.flatMap(({ tool }) => tool ?? []));
  return [
    {
      source,
      client: tellsClient ? CLIENT.name : undefined,
      calls: calls.length + extraCalls,
      errors: calls.filter((call) => call.isBad === true && (tellsError?.(call) ?? true)).length,
      tools: [...tools].filter((tool) => namesTool?.(tool) ?? true),
    },
  ];
}

function cellsOf({ name }: ForeignSender, rows: readonly Figures[]): string[] {
  const [row] = rows;
  const figures = [row?.source, row?.client, row?.calls, row?.errors, row?.tools.join(' ')];
  return [name, String(rows.length), ...figures.map((figure) => String(figure ?? '-'))];
}

function checkOf({ name }: ForeignSender, found: Figures[], expected: Figures[]): Check {
  const ok = isDeepStrictEqual(found, expected);
  return {
    ok,
    name: `${name}: its row`,
    found: ok ? 'what its client did' : `${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`,
  };
}
