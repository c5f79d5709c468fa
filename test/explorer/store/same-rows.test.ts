import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ProblemCount } from '../../../src/explorer/recording/problems.ts';
import { openRecording } from '../../../src/explorer/recording/recording.ts';
import type { ApiRow } from '../../../src/explorer/server/api.ts';
import { listSessions } from '../../../src/explorer/sessions/query.ts';
import type { SessionRow } from '../../../src/explorer/sessions/row.ts';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { NOW, otlpLine, otlpSpan, T0 } from '../support.ts';
import { withStore } from './support.ts';

const FILES = ['a.traces.jsonl', 'b.traces.jsonl', 'c.traces.1.jsonl'];
const TIMES = { now: NOW, lostAfterMs: 10 * 60_000 };

const pick = <T>(...values: T[]) => fc.constantFrom(...values);
const MINUTES = 60_000;

/** One span of one of few sessions, processes and parts, so that they meet in every way. */
const anySpan = fc.record({
  session: pick('s', 't', 'S', 'u', 'v'),
  what: pick('start', 'update', 'end', 'request', 'request', 'request', 'notification', 'custom', 'sent'),
  at: fc.integer({ min: 0, max: 29 * MINUTES }),
  lasts: pick(0, 1, 400, 5 * MINUTES),
  partStart: pick(0, 10 * MINUTES, undefined),
  calls: fc.nat(20),
  outcome: pick('ok', 'ok', 'failed', 'refused', 'closed', 'cancelled'),
  tool: pick(undefined, 'get_weather', 'pay', '__proto__'),
  client: pick(undefined, 'studio', 'chat'),
  version: pick(undefined, '1', '2'),
  source: pick(undefined, 'connection', 'inferred', 'protocol'),
  conversation: pick(undefined, undefined, 'c', 'd'),
  protocolId: pick(undefined, undefined, '1', '2'),
  key: pick(undefined, 'k', 'k', 'l'),
  openedBy: pick('initialize', 'tools/call', 'tools/call'),
  idleMinutes: pick(undefined, 0, 5),
  instance: pick('p', 'q'),
  service: pick(undefined, 'weather', 'weather', 'bank'),
  file: fc.nat(2),
  /** Written a second time, to this file. */
  again: pick(undefined, undefined, undefined, 0, 1, 2),
  startsLine: fc.boolean(),
});
type AnySpan = typeof anySpan extends fc.Arbitrary<infer T> ? T : never;

const anyRecording = fc.record({
  spans: fc.array(anySpan, { minLength: 1, maxLength: 40 }),
  /** Where the writing of the files is interrupted, in thousandths. */
  cuts: fc.array(fc.nat(1000), { maxLength: 3 }),
  removed: fc.subarray(FILES),
  /** By which the lines are in another order. */
  order: fc.array(fc.nat(), { minLength: 80, maxLength: 80 }),
});

test('rows are those of the sessions command, however and whenever the spans were written, also when files vanish', async () => {
  await fc.assert(
    fc.asyncProperty(anyRecording, async ({ spans, cuts, removed }) => {
      await withStore({}, async (store, dir) => {
        const contents = contentsOf(spans);
        const steps = [0, ...cuts.sort((a, b) => a - b), 1000];
        for (let i = 1; i < steps.length; i += 1) {
          FILES.forEach((name, file) => {
            const content = contents[file]!;
            const place = (cut: number) => Math.floor((content.length * cut) / 1000);
            appendFileSync(join(dir, name), content.subarray(place(steps[i - 1]!), place(steps[i]!)));
          });
          await store.refresh();
        }
        expect(await rowsOf(store)).toEqual(await expectedRows(dir));
        for (const name of removed) rmSync(join(dir, name));
        await store.refresh();
        if (removed.length < FILES.length) expect(await rowsOf(store)).toEqual(await expectedRows(dir));
        else expect(store.list({})).toEqual([]);
      });
    }),
    { numRuns: 300 },
  );
});

test('rows are the same in whatever order what they are made of arrives', async () => {
  await fc.assert(
    fc.asyncProperty(anyRecording, async ({ spans, order, cuts }) => {
      await withStore({}, async (store, dir) => {
        const lines = contentsOf(spans).flatMap((content) => content.toString().match(/.*\n/g) ?? []);
        const shuffled = lines.map((line, i) => [order[i]!, line] as const).sort(([a], [b]) => a - b);
        const looks = new Set(cuts.map((cut) => Math.floor((cut * lines.length) / 1000)));
        for (const [i, [number, line]] of shuffled.entries()) {
          appendFileSync(join(dir, FILES[number % FILES.length]!), line);
          if (looks.has(i)) await store.refresh();
        }
        await store.refresh();
        await withStore({ [FILES[0]!]: lines.join('') }, async (other) => {
          expect(await rowsOf(store)).toEqual(await rowsOf(other));
        });
      });
    }),
    { numRuns: 200 },
  );
});

async function rowsOf(store: SessionStore) {
  return store.rows(store.list({})).map(comparable);
}

async function expectedRows(dir: string) {
  const problems = new ProblemCount();
  const rows = await listSessions(await openRecording(dir), TIMES, problems);
  expect(problems.summary()).toBe(undefined);
  return rows.map(comparable);
}

/** Without what only one of them has. */
function comparable(row: ApiRow | SessionRow) {
  const { n: _n, shortId: _shortId, ...same } = row as ApiRow;
  return Object.fromEntries(Object.entries(same).filter(([, value]) => value !== undefined));
}

function contentsOf(spans: readonly AnySpan[]): Buffer[] {
  const lines: { file: number; instance: string; service: string | undefined; spans: object[] }[] = [];
  const write = (file: number, { instance, service, startsLine }: AnySpan, span: object) => {
    const open = lines.findLast(
      (line) => line.file === file && line.instance === instance && line.service === service,
    );
    if (open === undefined || startsLine) lines.push({ file, instance, service, spans: [span] });
    else open.spans.push(span);
  };
  spans.forEach((any, i) => {
    const span = spanOf(any, i);
    write(any.file, any, span);
    if (any.again !== undefined) write(any.again, { ...any, startsLine: false }, span);
  });
  return FILES.map((_, file) => {
    const texts = lines.filter((line) => line.file === file);
    return Buffer.from(
      texts.map(({ spans, instance, service }) => `${otlpLine(spans, instance, service)}\n`).join(''),
    );
  });
}

function spanOf(any: AnySpan, i: number): object {
  const { what, at, lasts, session, client, version, source, conversation, protocolId } = any;
  const attributes = {
    'mcp.client.session.id': session,
    ...(client !== undefined && { 'mcp.client.name': client }),
    ...(version !== undefined && { 'mcp.client.version': version }),
    ...(source !== undefined && { 'mcp.client.session.source': source }),
    ...(conversation !== undefined && { 'gen_ai.conversation.id': conversation }),
    ...(protocolId !== undefined && { 'mcp.protocol.session.id': protocolId }),
  };
  const id = (i + 1).toString(16).padStart(16, '0');
  if (what === 'custom') return otlpSpan({ id, at, lasts, attributes });
  if (what === 'start' || what === 'update' || what === 'end')
    return otlpSpan({ id, at, attributes: { ...attributes, ...reportOf(any, i) } });
  return otlpSpan({
    id,
    at,
    lasts,
    kind: what === 'sent' ? 3 : 2,
    attributes: { ...attributes, ...messageOf(any, i) },
    status: { code: any.outcome === 'failed' || any.outcome === 'closed' ? 2 : 0 },
  });
}

function reportOf({ what, calls, partStart, tool, at, key, openedBy, idleMinutes }: AnySpan, i: number) {
  return {
    'mcp.client.session.event': what,
    // Never the same twice: of two reports with one number any may count.
    'mcp.client.session.seq': what === 'start' ? 0 : (i * 7) % 41 || 41,
    'mcp.client.session.calls': calls,
    'mcp.client.session.errors': calls % 3,
    ...(partStart !== undefined && { 'mcp.client.session.start_unix_ms': T0 + partStart }),
    ...(at % 2 === 0 && { 'mcp.client.session.duration_ms': at }),
    ...(tool !== undefined && { 'mcp.client.session.tools': `${tool}, …` }),
    ...(key !== undefined && { 'mcp.client.session.key': key }),
    ...(idleMinutes !== undefined && { 'mcp.client.session.idle_timeout_ms': idleMinutes * MINUTES }),
    'mcp.client.session.opened_by': openedBy,
    ...(what === 'end' && { 'mcp.client.session.end_reason': 'stdin_eof' }),
  };
}

function messageOf({ what, tool, outcome }: AnySpan, i: number) {
  return {
    'mcp.method.name': 'tools/call',
    ...(what !== 'notification' && { 'jsonrpc.request.id': String(i) }),
    ...(tool !== undefined && { 'gen_ai.tool.name': tool }),
    ...(outcome === 'refused' && { 'rpc.response.status_code': '-32602' }),
    ...(outcome === 'closed' && { 'error.type': 'connection_closed' }),
    ...(outcome === 'cancelled' && { 'error.type': 'cancelled' }),
  };
}
