import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { built, ensureBuilt } from '../support/built.ts';

beforeAll(ensureBuilt, 60_000);

/**
 * Puts a recorder in the place of everything that does something outside of a module. Node's own loader uses some of it
 * too: what counts is a call right from a file.
 */
const RECORDER = `
const calls = [];
const note = (name) => {
  const caller = new Error().stack.split('\\n')[3] ?? '';
  if (/node:internal|node:(?!fs|crypto)/.test(caller) || caller.includes('[eval]')) return;
  calls.push(name + ' ' + caller.trim());
};
const record = (holder, name, label) => {
  const original = holder[name];
  if (typeof original !== 'function') return;
  const wrapper = function (...args) {
    note(label + '.' + name);
    return new.target ? Reflect.construct(original, args, new.target) : Reflect.apply(original, this, args);
  };
  wrapper.prototype = original.prototype;
  Object.setPrototypeOf(wrapper, original);
  Reflect.defineProperty(holder, name, { configurable: true, writable: true, enumerable: true, value: wrapper });
};
const modules = ['fs', 'fs/promises', 'crypto', 'timers', 'timers/promises', 'diagnostics_channel', 'net', 'dns', 'child_process', 'os'];
for (const name of modules) {
  const module = require('node:' + name);
  for (const key of Object.keys(module)) if (!/^[A-Z]/.test(key)) record(module, key, name);
}
for (const key of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch']) record(globalThis, key, 'global');
for (const key of ['getRandomValues', 'randomUUID']) record(Crypto.prototype, key, 'webcrypto');
record(Math, 'random', 'Math');
for (const key of ['on', 'once', 'addListener', 'prependListener', 'emitWarning']) record(process, key, 'process');
for (const stream of [process.stdin, process.stdout, process.stderr]) {
  for (const key of ['on', 'write', 'once']) record(stream, key, 'stream');
}
const { env } = process;
Object.defineProperty(process, 'env', {
  value: new Proxy(env, {
    get: (target, name) => { note('env.' + String(name)); return target[name]; },
    has: (target, name) => { note('env.' + String(name)); return name in target; },
    ownKeys: (target) => { note('env'); return Reflect.ownKeys(target); },
  }),
});
require('node:module').syncBuiltinESMExports();
`;

async function callsOf(load: string, then: string): Promise<string[]> {
  const script = `${RECORDER}
    (async () => {
      const before = Object.getOwnPropertySymbols(globalThis).map(String);
      const scope = await ${load};
      ${then}
      const done = [...calls];
      const made = Object.getOwnPropertySymbols(globalThis).map(String).filter((each) => !before.includes(each));
      process.stdout.write(JSON.stringify({ done, api: made.filter((each) => each.includes('opentelemetry')) }));
    })();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
    env: { PATH: process.env['PATH'] },
  });
  const { done, api } = JSON.parse(stdout) as { done: string[]; api: string[] };
  return [...done, ...api];
}

// Random bytes at module scope keep a Cloudflare Worker from loading.
test.each([
  ['ESM', `import(${JSON.stringify(built.esm)})`],
  ['CommonJS', `require(${JSON.stringify(built.cjs)})`],
])(
  'importing the package as %s draws no random bytes, reads nothing, listens to nothing and starts no timer',
  async (_, load) => {
    expect(await callsOf(load, '')).toEqual([]);
  },
);

test('what would be recorded is seen', async () => {
  const load = `import('data:text/javascript,import { randomBytes } from "node:crypto"; randomBytes(1); setTimeout(() => {}, 1); process.env.HOME')`;
  expect((await callsOf(load, '')).map((each) => each.split(' ')[0])).toEqual([
    'crypto.randomBytes',
    'global.setTimeout',
    'env.HOME',
  ]);
});

test('making a manager draws no random bytes and starts no timer', async () => {
  const calls = await callsOf(`import(${JSON.stringify(built.esm)})`, 'new scope.TelemetryManager();');
  expect(calls.filter((each) => /random|timers|setTimeout|setInterval|fs\.|fetch/i.test(each))).toEqual([]);
});
