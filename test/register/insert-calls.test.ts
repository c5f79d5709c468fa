import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { transformSync } from 'esbuild';
import { insertCalls, mayHoldConnect } from '../../src/register/insert-calls.ts';

const PACKAGES = join(__dirname, '../../node_modules/@modelcontextprotocol');
const read = (path: string): string => readFileSync(join(PACKAGES, path), 'utf8');
/** The file of a package that holds the low-level `connect`; its name changes with each version. */
const v2File = (name: string, ending: string): string => {
  const dist = join(PACKAGES, name, 'dist');
  const found = readdirSync(dist).find((file) => /^src-/.test(file) && file.endsWith(ending));
  return `${name}/dist/${found}`;
};

const PROTOCOLS = [
  'sdk/dist/esm/shared/protocol.js',
  'sdk/dist/cjs/shared/protocol.js',
  v2File('server', '.mjs'),
  v2File('server', '.cjs'),
  v2File('client', '.mjs'),
  v2File('client', '.cjs'),
];
const CALL = /globalThis\.__mcpSessionscope\?\.\(this,([\w$]+)\);/g;
const callsIn = (text: string): string[] =>
  [...text.matchAll(CALL)].map(([, parameter]) => parameter as string);
/** Line and column of each place where something stands. */
const placesOf = (text: string, what: string): string[] => {
  const places: string[] = [];
  for (let at = text.indexOf(what); at !== -1; at = text.indexOf(what, at + 1)) {
    const lines = text.slice(0, at).split('\n');
    places.push(`${lines.length}:${lines.at(-1)?.length}`);
  }
  return places;
};

describe.each(PROTOCOLS)('%s', (path) => {
  const source = read(path);

  test('gets one call, at the head of connect, and one at the end; no line moves', () => {
    const text = insertCalls(source) as string;
    expect(callsIn(text)).toEqual(['transport']);
    expect(text).toMatch(/async connect\(transport\) \{globalThis\./);
    const added = text.split('\n');
    expect(added.pop()).toBe('globalThis.__mcpSessionscope?.();');
    expect(added.map((line) => line.replace(CALL, ''))).toEqual(source.split('\n'));
  });

  test('minified into one line keeps the column of all that follows connect', () => {
    const { code } = transformSync(source, { minify: true, format: 'cjs', target: 'node20' });
    const text = insertCalls(code) as string;
    expect(callsIn(text)).toHaveLength(1);
    // The start of the transport is where a failed connection shows.
    for (const place of ['_onclose(){', 'getTaskResult', '.cancel', 'JSON.stringify', 'Unknown message type'])
      if (code.indexOf(place) > code.indexOf('.start()'))
        expect(placesOf(text, place)).toEqual(placesOf(code, place));
    expect(text.split('\n')[0]?.length).toBe(code.split('\n')[0]?.length);
  });

  test('is changed once', () => {
    expect(insertCalls(insertCalls(source) as string)).toBeUndefined();
  });
});

test.each(['.mjs', '.cjs'])(
  'the client of v2 gets a call before it asks what the server speaks: %s',
  (ending) => {
    const dist = join(PACKAGES, 'client/dist');
    const files = readdirSync(dist).filter((file) => file.endsWith(ending));
    const [source] = files
      .map((file) => read(`client/dist/${file}`))
      .filter((text) => text.includes('_connectNegotiated('));
    const text = insertCalls(source as string) as string;
    expect(callsIn(text)).toEqual(['transport']);
    expect(text).toMatch(/async connect\(transport, options\) \{globalThis\./);
    const { code } = transformSync(source as string, { minify: true, format: 'cjs', target: 'node20' });
    expect(callsIn(insertCalls(code) as string)).toHaveLength(1);
  },
);

test('a text within a string gets a call that ends no string', () => {
  const source = `eval(${JSON.stringify(read('sdk/dist/esm/shared/protocol.js'))})`;
  const text = insertCalls(source) as string;
  expect(callsIn(text)).toEqual(['transport']);
  expect(() => new Function(text)).not.toThrow();
});

test('the text of an SDK that a module holds as data stays as it is', () => {
  const text = read('sdk/dist/esm/shared/protocol.js');
  const { code: small } = transformSync(text, { minify: true, format: 'cjs', target: 'es2016' });
  for (const source of [
    `module.exports = ${JSON.stringify(text)};`,
    `module.exports = '${small.replaceAll(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}';`,
    `module.exports = \`${text.replaceAll(/[\\`$]/g, '\\$&')}\`;`,
    `/* ${text.replaceAll('*/', '')} */ module.exports = 1;`,
  ]) {
    expect(insertCalls(source)).toBeUndefined();
    const beside = insertCalls(`${source}\n${text}`) as string;
    expect(beside.startsWith(source)).toBe(true);
    expect(callsIn(beside)).toEqual(['transport']);
  }
});

test.each(['"use strict";', "'use strict'\n", '/* as it was */ "use strict"; '])(
  'a connect stays strict that begins with %j',
  (directive) => {
    const source = `(function K() {}).prototype.connect = function (t) {${directive} return [this === undefined, this.server.connect(t)]; };`;
    const text = insertCalls(source) as string;
    expect(text).toContain('globalThis.__mcpSessionscope?.(this);');
    const connect = new Function(
      `let f; f = ${text.slice(text.indexOf('function (t)'), text.indexOf('};') + 1)}; return f;`,
    )();
    expect(() => connect.call(undefined, 1)).toThrow(TypeError);
    expect(String(connect)).toMatch(/use strict.{0,2};globalThis/s);
  },
);

test('a client of ours that connects by its own means, and an application of another kind, get none', () => {
  for (const source of [
    read('sdk/dist/esm/client/index.js'),
    'class Bus { async connect(url) { await this.server.connect(other); } }',
    'class Bus { connect(a) { this._transport = a; a.onmessage = () => this._onrequest(a); } }',
    'this.server.connect(',
    '._onrequest(',
  ]) {
    expect(insertCalls(source)).toBeUndefined();
  }
  expect(mayHoldConnect(Buffer.from(read('sdk/dist/esm/client/index.js')))).toBe(false);
});

test('a huge text of what looks like the beginning of a head is gone through at once', () => {
  const source = `${'connect( '.repeat(200_000)}._onrequest(${'connect(a'.repeat(100_000)}.server.connect(`;
  const start = performance.now();
  expect(insertCalls(source)).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(2_000);
});
