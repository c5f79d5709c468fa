import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { ApiChange } from '../../../src/explorer/server/api.ts';
import { Changes, type ChangesOptions } from '../../../src/explorer/server/changes.ts';
import { createServer } from '../../../src/explorer/server/server.ts';
import { otlpLine, requestSpan } from '../support.ts';
import { ask, withUi } from './support.ts';

describe('the stream of changes', () => {
  test('tells of a file that grows, and of OTLP that arrives', async () => {
    await withUi(async ({ ui, dir }) => {
      const stream = await listen(`${ui.url}/api/changes`);
      expect(stream.response.headers).toMatchObject({
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
      });
      expect(await stream.next()).toMatch(/^retry: 2000\nid: \S+$/);
      appendFileSync(
        join(dir, 'a.traces.jsonl'),
        `${otlpLine([requestSpan(9_000, { 'mcp.client.session.id': 'new' })])}\n`,
      );
      const grown = await untilChange(stream, 7);
      expect(grown).toMatchObject({ sessions: 2, spans: 7, changed: [expect.any(Number)] });
      const body = otlpLine([requestSpan(9_500, { 'mcp.client.session.id': 'received' })]);
      const headers = { 'content-type': 'application/json' };
      expect((await ask(`${ui.otlpUrl}/v1/traces`, { method: 'POST', headers, body })).status).toBe(200);
      const received = await untilChange(stream, 8);
      expect(received).toMatchObject({ epoch: grown.epoch, sessions: 3, spans: 8 });
      expect(received.changed).not.toEqual(grown.changed);
      stream.response.destroy();
    });
  });

  test('ends when the server ends', async () => {
    let ended: Promise<unknown> = Promise.resolve();
    await withUi(async ({ ui }) => {
      const { response, next } = await listen(`${ui.url}/api/changes`);
      await next();
      ended = once(response.socket, 'close');
    });
    await ended;
  });
});

describe('one who listens', () => {
  test('is told to ask for everything anew where something was missed, and only then', async () => {
    await withChanges({}, async ({ url, emit }) => {
      const first = await listen(url);
      const fresh = idOf(await first.next());
      emit({ changed: [1] });
      const seen = idOf(await first.next());
      expect(seen).not.toBe(fresh);
      first.response.destroy();
      const kept = await listen(url, { 'last-event-id': seen });
      expect(await kept.next()).not.toContain('event: change');
      emit({ changed: [2] });
      const missed = await listen(url, { 'last-event-id': seen });
      await missed.next();
      expect(changeOf(await missed.next())).toEqual({ epoch: 'e', sessions: 3, spans: 7 });
      const restarted = await listen(url, { 'last-event-id': 'another-epoch-9' });
      await restarted.next();
      expect(changeOf(await restarted.next())).toEqual({ epoch: 'e', sessions: 3, spans: 7 });
    });
  });

  test('gets a sign of life when nothing happens', async () => {
    await withChanges({ heartbeatMs: 10 }, async ({ url }) => {
      const { next } = await listen(url);
      await next();
      expect(await next()).toBe(':');
      expect(await next()).toBe(':');
    });
  });

  test('is refused where too many do, until one has gone', async () => {
    await withChanges({ maxListeners: 2 }, async ({ url, changes }) => {
      const [one] = await Promise.all([listen(url), listen(url)]);
      const refused = await ask(url);
      expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
      expect(refused.json.error).toContain('too many pages');
      one.response.destroy();
      while (changes.listeners === 2) await setImmediate();
      expect((await listen(url)).response.statusCode).toBe(200);
    });
  });

  test('is sent away where it does not read, while others are told on', async () => {
    await withChanges({ maxWaitingBytes: 10_000 }, async ({ url, changes, emit }) => {
      const stuck = await listen(url);
      stuck.response.pause();
      const reading = await listen(url);
      await reading.next();
      const changed = Array.from({ length: 20_000 }, (_, i) => 1_000_000 + i);
      for (let told = 0; changes.listeners === 2; told += 1) {
        expect(told).toBeLessThan(1_000);
        emit({ changed });
        expect(changeOf(await reading.next()).changed).toEqual(changed);
      }
      expect(changes.listeners).toBe(1);
      emit({ changed: [7] });
      expect(changeOf(await reading.next()).changed).toEqual([7]);
    });
  });
});

interface Stream {
  response: http.IncomingMessage;
  /** The next block of lines. */
  next(): Promise<string>;
}

function listen(url: string, headers: Record<string, string> = {}): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers, agent: false }, (response) => {
      response.on('error', () => {});
      resolve({ response, next: blocksOf(response) });
    });
    request.on('error', reject);
  });
}

function blocksOf(response: http.IncomingMessage): () => Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  return async () => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end !== -1) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        return block;
      }
      const chunk: string | null = response.read();
      if (chunk !== null) text += chunk;
      else await once(response, 'readable');
    }
  };
}

function changeOf(block: string): ApiChange {
  expect(block).toMatch(/^event: change\nid: \S+\ndata: \{.*\}$/);
  return JSON.parse((/^data: (.*)$/m.exec(block) as RegExpExecArray)[1] as string);
}

/** The change after which there are so many spans; the end of the first indexing may be told before it. */
async function untilChange({ next }: { next(): Promise<string> }, spans: number): Promise<ApiChange> {
  for (;;) {
    const change = changeOf(await next());
    if (change.spans === spans) return change;
  }
}

function idOf(block: string): string {
  return (/^id: (\S+)$/m.exec(block) as RegExpExecArray)[1] as string;
}

interface ChangesParts {
  changes: Changes;
  url: string;
  emit: (change: { changed?: number[] }) => void;
}

/** The stream alone, on a store that changes when the test says so. */
async function withChanges(
  options: ChangesOptions,
  run: (parts: ChangesParts) => Promise<void>,
): Promise<void> {
  const base = { epoch: 'e', sessions: 3, spans: 7 };
  const listeners = new Set<(change: ApiChange) => void>();
  const store = {
    onChange: (listener: (change: ApiChange) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => ({ ...base, problems: { count: 0, first: [] }, services: [], clients: [], tools: [] }),
  };
  const changes = new Changes(store, options);
  const handle = ({
    request,
    response,
  }: {
    request: http.IncomingMessage;
    response: http.ServerResponse;
  }) => {
    changes.listen(request, response);
    return undefined;
  };
  const methods = new Map([['GET', { takes: [], handle }]]);
  const server = createServer({ access: {}, routes: () => methods, warn: () => {} });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const emit = (change: { changed?: number[] }): void => {
    for (const listener of listeners) listener({ ...base, ...change });
  };
  try {
    await run({ changes, url: `http://127.0.0.1:${port}/api/changes`, emit });
  } finally {
    changes.close();
    expect(listeners.size).toBe(0);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
