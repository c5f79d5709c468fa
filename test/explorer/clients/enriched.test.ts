import { describe, expect, test } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { runCli } from '../../cli/support.ts';
import { closeHosts } from '../../support/http-v1.ts';
import { v1Server } from '../../support/v1.ts';
import { withStore } from '../store/support.ts';
import { viewsOf } from '../views.ts';
import { recordSides, type Sides } from './record.ts';

type Event = { type: string; kind: string; status?: string; clientError?: string; networkMs?: number };
type WireSpan = { readonly name: string; readonly endTimeUnixNano: string };

const ALL = { offset: 0, limit: 100 };
const AGENT_WORKS_NANOS = 700_000_000n;
const CALL = 'tools/call ';

/** Calls that end in each way: well, refused, out of time, aborted, never sent. */
async function recordCalls(): Promise<Sides> {
  const told: Record<string, () => void> = {};
  const next = (name: string) => new Promise<void>((resolve) => (told[name] = resolve));
  const create = () => {
    const server = v1Server();
    server.registerTool('hang', {}, async ({ signal }) => {
      told['called']?.();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      told['cancelled']?.();
      return { content: [] };
    });
    return server;
  };
  const visit = async (client: Client) => {
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.callTool({ name: 'refuse' });
    let cancelled = next('cancelled');
    await expect(client.callTool({ name: 'hang' }, undefined, { timeout: 100 })).rejects.toThrow();
    await cancelled;
    cancelled = next('cancelled');
    const called = next('called');
    const aborting = new AbortController();
    const call = client.callTool({ name: 'hang' }, undefined, { signal: aborting.signal });
    await Promise.all([called.then(() => aborting.abort()), expect(call).rejects.toThrow(), cancelled]);
    await closeHosts();
    await expect(client.callTool({ name: 'echo', arguments: { text: 'lost' } })).rejects.toThrow();
  };
  const { client, server } = await recordSides('HTTP with sessions', visit, { create });
  return { client: asEnriched(client), server };
}

/** The same as if an agent's library had made the spans of the calls: with its own work in them, and no status. */
function asEnriched(lines: string): string {
  const texts = lines.split('\n').filter((line) => line !== '');
  return texts
    .map((line) => {
      const exported = JSON.parse(line);
      for (const each of exported.resourceSpans) {
        each.scopeSpans = each.scopeSpans.flatMap((scoped: { spans: WireSpan[] }) => [
          { ...scoped, spans: scoped.spans.filter(({ name }) => !name.startsWith(CALL)) },
          {
            scope: { name: 'agent', version: '1' },
            spans: scoped.spans.filter(({ name }) => name.startsWith(CALL)).map(enriched),
          },
        ]);
      }
      return `${JSON.stringify(exported)}\n`;
    })
    .join('');
}

function enriched(span: WireSpan): object {
  return {
    ...span,
    name: span.name.replace(CALL, 'execute_tool '),
    kind: 1,
    endTimeUnixNano: String(BigInt(span.endTimeUnixNano) + AGENT_WORKS_NANOS),
    status: {},
    events: [],
  };
}

const requestsOf = (events: readonly Event[]) => events.filter(({ kind }) => kind === 'request');

describe('spans of an agent’s library that stand for calls', () => {
  test('are failures where they say so, though their status does not', async () => {
    const { client } = await recordCalls();
    const id = /"mcp.client.connection.id","value":\{"stringValue":"([^"]+)"/.exec(client)![1]!;
    const { row, listed, page, errors } = await viewsOf({ 'a.traces.jsonl': client }, id);
    expect(requestsOf(page.events).map(({ type, status }) => [type, status])).toEqual([
      ['initialize', 'ok'],
      ['tools/call echo', 'ok'],
      ['tools/call refuse', 'error'],
      ['tools/call hang', 'error'],
      ['tools/call hang', 'cancelled'],
      ['tools/call echo', 'error'],
    ]);
    expect([row.errors, listed.errors, page.failures.length, errors.json.total]).toEqual([3, 3, 3, 3]);
  });

  test('tell what the client saw, and nothing of the network', async () => {
    const { client, server } = await recordCalls();
    await withStore({ 'a.traces.jsonl': server, 'b.traces.jsonl': client }, async (store, dir) => {
      const [row] = store.rows(store.list({}));
      const shown = (events: readonly Event[]) =>
        requestsOf(events).map(({ type, status, clientError, networkMs }) => [
          type,
          status,
          clientError ?? undefined,
          typeof networkMs === 'number',
        ]);
      const { events } = (await store.events(row!.id, ALL))!;
      const { stdout } = await runCli(['sessions', dir, '--session', row!.id, '--json']);
      expect(shown(events)).toEqual([
        ['initialize', 'ok', undefined, true],
        ['tools/call echo', 'ok', undefined, false],
        ['tools/call refuse', 'error', undefined, false],
        ['tools/call hang', 'cancelled', 'timeout', false],
        ['tools/call hang', 'cancelled', undefined, false],
        ['tools/call echo', 'error', undefined, false],
      ]);
      expect(shown(JSON.parse(stdout).events)).toEqual(shown(events));
    });
  });
});
