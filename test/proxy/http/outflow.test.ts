import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { followAnswer } from '../../../src/proxy/http/outflow.ts';
import { closeHosts, listen } from '../../support/http-v1.ts';
import { gate } from '../../support/until.ts';
import { ask } from './support.ts';

afterEach(closeHosts);

/** What of an answer has gone on, and what was written by then. */
interface Told {
  bytes: number;
  isWhole: boolean;
  writes: number;
}

/** Passes answers of `upstream` on. */
async function passing(upstream: URL): Promise<{ url: URL; told: Told[]; writes: () => number }> {
  const told: Told[] = [];
  const seen = new Set<Socket>();
  let writes = 0;
  const { url } = await listen(async (_request, response) => {
    const { socket } = response;
    if (socket !== null && !seen.has(socket)) {
      seen.add(socket);
      countWrites(socket, () => {
        writes += 1;
      });
    }
    const [answer] = (await once(http.get(upstream, { agent: false }), 'response')) as [IncomingMessage];
    response.statusCode = answer.statusCode ?? 0;
    answer.pipe(response);
    followAnswer(answer, response, (chunks, isWhole) => {
      told.push({ bytes: chunks.reduce((sum, { length }) => sum + length, 0), isWhole, writes });
    });
  });
  return { url, told, writes: () => writes };
}

/** Each of them is a system call. */
function countWrites(socket: Socket, count: () => void): void {
  for (const name of ['_write', '_writev'] as const) {
    const original = socket[name] as (...args: unknown[]) => void;
    Object.assign(socket, {
      [name](...args: unknown[]) {
        count();
        return original.apply(socket, args);
      },
    });
  }
}

test('an answer that comes at once goes out with one write, and is told when it has', async () => {
  const host = await listen((_request, response) => void response.end('data: 1\n\n'));
  const { url, told, writes } = await passing(host.url);
  expect((await ask(url)).body).toBe('data: 1\n\n');
  expect(writes()).toBe(1);
  expect(told).toEqual([{ bytes: 9, isWhole: true, writes: 1 }]);
});

test('headers that nothing follows go out alone, and are told', async () => {
  const speaking = gate();
  const host = await listen(async (_request, response) => {
    response.flushHeaders();
    await speaking.opened;
    response.write('data: 1\n\n');
    response.end();
  });
  const { url, told } = await passing(host.url);
  const [answer] = (await once(http.get(url, { agent: false }), 'response')) as [IncomingMessage];
  expect(told[0]).toEqual({ bytes: 0, isWhole: false, writes: 1 });
  speaking.open();
  answer.resume();
  await once(answer, 'end');
  expect(told.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(9);
  expect(told.at(-1)?.isWhole).toBe(true);
});
