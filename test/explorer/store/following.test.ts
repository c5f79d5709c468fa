import { appendFileSync, copyFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ApiChange } from '../../../src/explorer/server/api.ts';
import { openStore } from '../../../src/explorer/store/open-store.ts';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { NOW, otlpLine, requestSpan, sessionSpan, T0, withRecording } from '../support.ts';
import { exported, withStore } from './support.ts';

const A = 'a.traces.jsonl';
const B = 'b.traces.jsonl';

const call = (id: string, at = 0) => requestSpan(at, { 'mcp.client.session.id': id });
const line = (...ids: string[]) => `${otlpLine(ids.map((id) => call(id)))}\n`;
const calls = (store: SessionStore): Record<string, number> =>
  Object.fromEntries(store.rows(store.list({})).map(({ id, calls }) => [id, calls]));
const problems = (store: SessionStore) =>
  store.state().problems.first.map(({ file, line, reason }) => `${file.split('/').pop()}:${line} ${reason}`);

describe('a file that grows', () => {
  test('is read from where it stopped', async () => {
    await withStore({ [A]: line('s') }, async (store, dir) => {
      expect(calls(store)).toEqual({ s: 1 });
      appendFileSync(join(dir, A), line('s', 't'));
      await store.refresh();
      expect(calls(store)).toEqual({ s: 2, t: 1 });
      expect(store.state()).toMatchObject({ sessions: 2, spans: 3, problems: { count: 0 } });
    });
  });

  test('gives a line when all of it is there, however it is cut', async () => {
    const whole = Buffer.from(line('s', 'ü'));
    await withStore({ [A]: '' }, async (store, dir) => {
      for (const at of [1, whole.length - 60, whole.length - 2]) {
        writeFileSync(join(dir, A), whole.subarray(0, at));
        await store.refresh();
        expect(calls(store)).toEqual({});
      }
      writeFileSync(join(dir, A), whole);
      await store.refresh();
      expect(calls(store)).toEqual({ s: 1, ü: 1 });
      expect(problems(store)).toEqual([]);
    });
  });

  test('gives its last line also without a line break, once, and goes on behind it', async () => {
    await withStore({ [A]: line('s').trimEnd() }, async (store, dir) => {
      expect(calls(store)).toEqual({ s: 1 });
      appendFileSync(join(dir, A), `\n${line('s')}no JSON\n`);
      await store.refresh();
      expect(calls(store)).toEqual({ s: 2 });
      expect(problems(store)).toEqual(['a.traces.jsonl:3 is not OTLP JSON']);
    });
  });

  test('tells its listeners, and the newest state is asked for by number', async () => {
    await withStore({ [A]: line('s') }, async (store, dir) => {
      const [number] = store.list({});
      const changed = nextChange(store, ({ sessions }) => sessions === 2);
      appendFileSync(join(dir, A), line('s', 't'));
      await store.refresh();
      expect(await changed).toEqual({
        epoch: store.state().epoch,
        sessions: 2,
        spans: 3,
        changed: expect.arrayContaining([0, 1]),
      });
      expect(store.rows([number!, 77])).toMatchObject([{ n: number, id: 's', calls: 2 }]);
    });
  });

  test('is noticed without being asked, also in a folder that comes into being later', async () => {
    await withRecording({}, async (dir) => {
      const store = openStore({ dir: join(dir, 'later'), now: () => NOW, pollMs: 20 });
      await store.ready;
      expect(store.state()).toMatchObject({ sessions: 0, spans: 0, problems: { count: 0 }, clients: [] });
      const found = nextChange(store, ({ sessions }) => sessions === 2);
      mkdirSync(join(dir, 'later'));
      writeFileSync(join(dir, 'later', A), line('s'));
      appendFileSync(join(dir, 'later', A), line('t'));
      expect(await found).toMatchObject({ spans: 2 });
      await store.close();
    });
  });
});

describe('what cannot be read', () => {
  test('is named by its line, and everything else is shown', async () => {
    const content = ['{"resourceSpans": [', line('s').trim(), '[]', '', 'null', line('s').trim()].join('\n');
    await withStore({ [A]: `${content}\n`, [B]: '{"resourceMetrics":[]}\n' }, async (store) => {
      expect(calls(store)).toEqual({ s: 2 });
      expect(problems(store)).toEqual([1, 3, 5].map((number) => `a.traces.jsonl:${number} is not OTLP JSON`));
      expect(store.state().problems.count).toBe(3);
    });
  });

  test('is called cut off where it was so at the start, until the rest comes', async () => {
    const [start, rest] = [line('t').slice(0, 100), line('t').slice(100)];
    await withStore({ [A]: line('s') + start }, async (store, dir) => {
      expect(problems(store)).toEqual(['a.traces.jsonl:2 is cut off']);
      expect(calls(store)).toEqual({ s: 1 });
      appendFileSync(join(dir, A), rest);
      await store.refresh();
      expect(problems(store)).toEqual([]);
      expect(calls(store)).toEqual({ s: 1, t: 1 });
    });
  });

  test('is called cut off where its writer has not gone on for ten seconds', async () => {
    let now = NOW;
    const look = { now: () => now };
    await withStore(
      { [A]: line('s') },
      async (store, dir) => {
        appendFileSync(join(dir, A), '{"resource');
        await store.refresh();
        now += 9_999;
        expect(problems(store)).toEqual([]);
        now += 1;
        await store.refresh();
        expect(problems(store)).toEqual(['a.traces.jsonl:2 is cut off']);
      },
      look,
    );
  });

  test('is passed over where a line is too long to be held, also while that is being written', async () => {
    const long = Buffer.alloc(65 * 1024 * 1024, 'x');
    await withStore({ [A]: line('s') }, async (store, dir) => {
      appendFileSync(join(dir, A), long);
      await store.refresh();
      appendFileSync(join(dir, A), 'and on');
      await store.refresh();
      expect(calls(store)).toEqual({ s: 1 });
      appendFileSync(join(dir, A), `\n${line('t')}x\n`);
      await store.refresh();
      expect(calls(store)).toEqual({ s: 1, t: 1 });
      expect(problems(store)).toEqual(['a.traces.jsonl:2 is too long', 'a.traces.jsonl:4 is not OTLP JSON']);
    });
  });

  test('is counted to the end and named to the twentieth', async () => {
    await withStore({ [A]: 'x\n'.repeat(1_000) + line('s'), [B]: 'x\n' }, async (store) => {
      const { count, first } = store.state().problems;
      expect(count).toBe(1_001);
      expect(first.map((each) => each.line)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
      expect(calls(store)).toEqual({ s: 1 });
    });
  });
});

describe('a file that vanishes', () => {
  test('takes its spans along, and sessions that have no others', async () => {
    await withStore({ [A]: line('s', 'both'), [B]: line('t', 'both') }, async (store, dir) => {
      const number = store.row('s')!.n;
      expect(calls(store)).toEqual({ s: 1, t: 1, both: 2 });
      rmSync(join(dir, A));
      await store.refresh();
      expect(calls(store)).toEqual({ t: 1, both: 1 });
      expect(store.rows([number])).toEqual([]);
      expect(store.row('s')).toBe(undefined);
      expect(store.state()).toMatchObject({ sessions: 2, spans: 2 });
      expect(await store.events('s', { offset: 0, limit: 10 })).toBe(undefined);
      expect(await exported(store, 's')).toBe(undefined);
      rmSync(join(dir, B));
      await store.refresh();
      expect(store.state()).toMatchObject({ sessions: 0, spans: 0 });
      expect('range' in store.state()).toBe(false);
    });
  });

  test('gives the session back to what older session spans say', async () => {
    const update = sessionSpan('update', 1, 1_000, { 'mcp.client.session.calls': 3 });
    const end = sessionSpan('end', 2, 2_000, { 'mcp.client.session.calls': 7 });
    await withStore({ [A]: `${otlpLine([update])}\n`, [B]: `${otlpLine([end])}\n` }, async (store, dir) => {
      expect(store.row('s')).toMatchObject({ status: 'ended', calls: 7 });
      rmSync(join(dir, B));
      await store.refresh();
      expect(store.row('s')).toMatchObject({ status: 'lost', calls: 3 });
    });
  });

  test('does not take along what another file repeats', async () => {
    await withStore({ [A]: line('s', 's') }, async (store, dir) => {
      copyFileSync(join(dir, A), join(dir, B));
      await store.refresh();
      expect(calls(store)).toEqual({ s: 2 });
      expect(store.state().spans).toBe(2);
      rmSync(join(dir, A));
      await store.refresh();
      expect(calls(store)).toEqual({ s: 2 });
    });
  });

  test('is read anew where another has come in its place', async () => {
    await withStore({ [A]: line('s', 's', 's') }, async (store, dir) => {
      truncateSync(join(dir, A));
      appendFileSync(join(dir, A), line('t'));
      await store.refresh();
      expect(calls(store)).toEqual({ t: 1 });
      rmSync(join(dir, A));
      writeFileSync(join(dir, B), line('other file, so that the number of the old one is taken'));
      writeFileSync(join(dir, A), line('u', 'u', 'u', 'u', 'u'));
      await store.refresh();
      expect(store.row('u')).toMatchObject({ calls: 5 });
      expect(store.row('t')).toBe(undefined);
    });
  });

  test('leaves what is left of a session to be shown, when it vanished between two looks', async () => {
    await withStore({ [A]: line('s'), [B]: line('s') }, async (store, dir) => {
      rmSync(join(dir, A));
      const { events, total } = (await store.events('s', { offset: 0, limit: 10 }))!;
      expect({ events: events.length, total }).toEqual({ events: 1, total: 1 });
      expect(spansIn(await exported(store, 's'))).toHaveLength(1);
      rmSync(join(dir, B));
      expect(spansIn(await exported(store, 's'))).toEqual([]);
    });
  });

  test('is forgotten whole, however often files come and go', async () => {
    await withStore({}, async (store, dir) => {
      for (let i = 0; i < 60; i += 1) {
        const number = (step: number) => join(dir, `a.traces.${step}.jsonl`);
        const spans = Array.from({ length: 100 }, (_, at) => call(`s${i}`, at));
        writeFileSync(number(i), `${otlpLine(spans)}\n`);
        rmSync(number(i - 2), { force: true });
        await store.refresh();
        expect(Object.values(calls(store))).toEqual(i === 0 ? [100] : [100, 100]);
      }
      expect(store.state().spans).toBe(200);
      expect(store.tools({}).tools).toEqual([]);
      expect(store.overview({}).totals).toMatchObject({ calls: 200, sessions: 2 });
    });
  });
});

test('spans of a service that is left out are not there', async () => {
  const own = otlpLine([call('s')]).replace('service.instance.id', 'service.name');
  await withStore(
    { [A]: `${own}\n${line('t')}` },
    async (store) => {
      expect(calls(store)).toEqual({ t: 1 });
      expect((await store.events('t', { offset: 0, limit: 10 }))?.events).toHaveLength(1);
    },
    { exceptService: 'process-1' },
  );
});

test('metrics and files of other kinds are not looked at', async () => {
  const files = {
    'a.metrics.jsonl': 'x\n',
    'notes.txt': 'x\n',
    'collector.jsonl': line('s'),
  };
  await withStore(files, async (store, dir) => {
    mkdirSync(join(dir, 'folder.jsonl'));
    await store.refresh();
    expect(calls(store)).toEqual({ s: 1 });
    expect(store.state()).toMatchObject({
      problems: { count: 0 },
      range: { from: T0, to: T0 },
    });
  });
});

test('changes are told at most twice a second, all of them', async () => {
  await withStore({}, async (store, dir) => {
    const told: { at: number; change: ApiChange }[] = [];
    const all = nextChange(store, ({ sessions }) => sessions === 40);
    store.onChange((change) => told.push({ at: performance.now(), change }));
    for (let i = 0; i < 40; i += 1) {
      appendFileSync(join(dir, A), line(`s${i}`));
      await store.refresh();
    }
    await all;
    expect(told.length).toBeLessThanOrEqual(3);
    for (let i = 1; i < told.length; i += 1) expect(told[i]!.at - told[i - 1]!.at).toBeGreaterThan(480);
    const numbers = told.flatMap(({ change }) => change.changed ?? []);
    expect(new Set(numbers)).toEqual(new Set(store.list({})));
  });
});

test('of very many changes it is only told that there are some', async () => {
  await withStore({}, async (store, dir) => {
    const told = nextChange(store, ({ sessions }) => sessions === 501);
    appendFileSync(join(dir, A), line(...Array.from({ length: 501 }, (_, i) => `s${i}`)));
    await store.refresh();
    expect('changed' in (await told)).toBe(false);
  });
});

/** The next change that is meant. */
function nextChange(store: SessionStore, isMeant: (change: ApiChange) => boolean): Promise<ApiChange> {
  return new Promise((resolve) => {
    const stop = store.onChange((change) => {
      if (!isMeant(change)) return;
      stop();
      resolve(change);
    });
  });
}

function spansIn(otlp: object | undefined): unknown[] {
  const { resourceSpans } = otlp as { resourceSpans: { scopeSpans: { spans: unknown[] }[] }[] };
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
