import { describe, expect, test } from '@jest/globals';
import { requestSpan, sessionSpan } from '../explorer/support.ts';
import { viewsOf } from '../explorer/views.ts';

type Attributes = Record<string, string | number>;

/** One process: it started the session at its own time, counted 11 requests, and two more have come since. */
function spansOf(process: Attributes, at: number) {
  const report = { ...process, 'mcp.client.session.start_unix_ms': 0, 'mcp.client.session.calls': 11 };
  return [sessionSpan('update', 5, at, report), requestSpan(at - 20, process), requestSpan(at - 10, process)];
}

function lineOf(spans: readonly object[], resource: Attributes = { 'service.name': 'shop' }): string {
  const attributes = Object.entries(resource).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
  return JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] });
}

// All processes without `service.instance.id` were taken for one: their counts were added to one another's, or lost.
describe('processes that share a session are told apart without service.instance.id', () => {
  const both = (...lines: string[]) => viewsOf({ 'a.traces.jsonl': lines });

  test('by mcp.session.id, which is the process’s own', async () => {
    const { row, listed } = await both(
      lineOf(spansOf({ 'mcp.session.id': 'one' }, 1_000)),
      lineOf(spansOf({ 'mcp.session.id': 'two' }, 2_000)),
    );
    expect([row.calls, listed.calls]).toEqual([22, 22]);
  });

  test('by machine and number of the process, where mcp.session.id is the client’s', async () => {
    const scoped = { 'mcp.session.id': 's' };
    const { row, listed } = await both(
      lineOf(spansOf(scoped, 1_000), { 'host.name': 'a', 'process.pid': 1 }),
      lineOf(spansOf(scoped, 2_000), { 'host.name': 'b', 'process.pid': 1 }),
    );
    expect([row.calls, listed.calls]).toEqual([22, 22]);
  });

  test('and one process stays one, whatever the client’s protocol session is', async () => {
    const report = spansOf({ 'mcp.session.id': 'p1', 'mcp.protocol.session.id': 'p1' }, 1_000);
    const renewed = requestSpan(970, { 'mcp.session.id': 'p2', 'mcp.protocol.session.id': 'p2' });
    const { row, listed } = await both(lineOf([...report, renewed]));
    expect([row.calls, listed.calls]).toEqual([11, 11]);
  });

  test('and a span that does not tell its process is of one that does', async () => {
    const end = sessionSpan('end', 6, 3_000, {
      'mcp.session.id': 'one',
      'mcp.client.session.start_unix_ms': 0,
      'mcp.client.session.calls': 13,
    });
    const foreign = requestSpan(2_000, {}, { kind: 1 });
    const spans = [...spansOf({ 'mcp.session.id': 'one' }, 1_000), end, foreign];
    const { row } = await both(lineOf(spans));
    expect(row).toMatchObject({ calls: 13, status: 'ended' });
  });
});
