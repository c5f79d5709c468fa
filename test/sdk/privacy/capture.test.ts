import { describe, expect, it } from '@jest/globals';
import { createCapture } from '../../../src/sdk/privacy/capture.ts';

const capture = createCapture({ sanitize: true, maxLength: 4096 });
const plain = createCapture({ sanitize: false, maxLength: 4096 });

describe('JSON of a value', () => {
  it.each([
    ['nothing', undefined, 'null'],
    ['null', null, 'null'],
    ['a string', 'a"\n', '"a\\"\\n"'],
    ['numbers', [1, -0, 1.5, 1e21], '[1,0,1.5,1e+21]'],
    ['numbers JSON has none for', [Number.NaN, Number.NEGATIVE_INFINITY], '["NaN","-Infinity"]'],
    ['booleans', [true, false], '[true,false]'],
    ['a bigint', 12345678901234567890n, '"12345678901234567890"'],
    ['a bigint too long to read', 10n ** 200n, '"[BigInt]"'],
    ['a symbol', Symbol('x'), '"Symbol(x)"'],
    ['a function', () => 1, '"[Function]"'],
    ['an object', { a: { b: [] }, c: {} }, '{"a":{"b":[]},"c":{}}'],
    ['members without a value', { a: undefined, b: 1 }, '{"b":1}'],
    // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
    ['holes and undefined in a list', [undefined, , 1], '[null,null,1]'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['an invalid date', new Date(Number.NaN), 'null'],
    [
      'a map',
      new Map<unknown, unknown>([
        ['a', 1],
        [2, { b: new Map() }],
        [{}, 3],
      ]),
      '{"a":1,"2":{"b":{}},"[Object]":3}',
    ],
    ['a set', new Set([1, 'a', new Set()]), '[1,"a",[]]'],
    ['an error', new TypeError('wrong'), '{"name":"TypeError","message":"wrong"}'],
    [
      'an error with a code and a cause',
      Object.assign(new Error('a', { cause: new Error('b') }), { code: 'E_X' }),
      '{"name":"Error","message":"a","cause":{"name":"Error","message":"b"},"code":"E_X"}',
    ],
    ['a URL', new URL('https://example.com/x'), '"https://example.com/x"'],
    ['a regular expression', /x/, '{}'],
    ['boxes', [Object('x'), Object(1), Object(true), Object(1n)], '["x",1,true,"1"]'],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['an own key __proto__', JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
    ['a toJSON', { toJSON: (key: string) => ({ key }) }, '{"key":""}'],
    ['a toJSON that gives bytes', { toJSON: () => new Uint8Array(3) }, '"[binary, 3 bytes]"'],
    ['symbol keys', { [Symbol('x')]: 1 }, '{}'],
  ])('shows %s', (_name, value, json) => {
    expect(capture.json(value)).toBe(json);
    expect(plain.json(value)).toBe(json);
  });

  it('is what JSON.stringify gives for plain data', () => {
    const data = { a: [1, 'two', null, { b: true, c: [[], {}, ''] }], 'é"\\': '\u2028\ud83d' };
    expect(capture.json(data)).toBe(JSON.stringify(data));
  });

  it('hides what is secret by its key, whatever is in it', () => {
    const value = {
      user: 'jane',
      Password: 'x',
      auth: { user: 'x', pass: ['y'] },
      list: [{ api_key: 1 }],
      pin: null,
    };
    expect(capture.json(value)).toBe(
      '{"user":"jane","Password":"[REDACTED]","auth":"[REDACTED]","list":[{"api_key":"[REDACTED]"}],"pin":null}',
    );
    expect(capture.json(new Map([['token', 'x']]))).toBe('{"token":"[REDACTED]"}');
  });

  it('hides what is secret by its shape in strings, keys, numbers, errors, boxes and symbols', () => {
    const value = {
      'jane@example.com': ['jane@example.com', 4111111111111111, 4111111111111111n],
      error: new Error('no user jane@example.com'),
      box: Object('jane@example.com'),
      symbol: Symbol('jane@example.com'),
      set: new Set([new URL('https://jane:x@example.com/')]),
    };
    expect(JSON.parse(capture.json(value))).toEqual({
      '[REDACTED:email]': ['[REDACTED:email]', '[REDACTED:card]', '[REDACTED:card]'],
      error: { name: 'Error', message: 'no user [REDACTED:email]' },
      box: '[REDACTED:email]',
      symbol: 'Symbol([REDACTED:email])',
      set: ['https://[REDACTED:credentials]@example.com/'],
    });
  });

  it('hides what is secret in JSON that a tool gave as text', () => {
    const text = JSON.stringify({
      id: 1,
      password: 'hunter2',
      nested: JSON.stringify({ token: 'abc', ok: true }),
    });
    const shown = JSON.parse(capture.json({ content: [{ type: 'text', text }] }));
    const inner = JSON.parse(shown.content[0].text);
    expect(inner).toEqual({ id: 1, password: '[REDACTED]', nested: '{"token":"[REDACTED]","ok":true}' });
  });

  it('shows everything but bytes where sanitizing is off', () => {
    const value = { password: 'x', mail: 'jane@example.com', card: 4111111111111111 };
    expect(plain.json(value)).toBe(JSON.stringify(value));
    expect(plain.text('jane@example.com, Bearer abc')).toBe('jane@example.com, Bearer abc');
  });
});

describe('bytes', () => {
  const base64 = Buffer.alloc(123, 7).toString('base64');

  it.each([
    ['a Buffer', Buffer.alloc(123)],
    ['a typed array', new Uint16Array(4)],
    ['a DataView', new DataView(new ArrayBuffer(7))],
    ['an ArrayBuffer', new ArrayBuffer(5)],
    ['a SharedArrayBuffer', new SharedArrayBuffer(6)],
    ['a Blob', new Blob(['abc'])],
  ])('of %s show as their number', (_name, value) => {
    const size = (value as Buffer).byteLength ?? (value as Blob).size;
    for (const { json } of [capture, plain]) {
      expect(json({ value })).toBe(`{"value":"[binary, ${size} bytes]"}`);
    }
  });

  it.each([
    [{ type: 'image', data: base64, mimeType: 'image/png' }, { data: '[image/png, 123 bytes]' }],
    [{ type: 'audio', mimeType: 'audio/wav', data: base64 }, { data: '[audio/wav, 123 bytes]' }],
    [{ type: 'image', data: base64 }, { data: '[binary, 123 bytes]' }],
    [{ type: 'image', data: base64, mimeType: 'not a type' }, { data: '[binary, 123 bytes]' }],
    [
      { uri: 'file:///x', blob: base64, mimeType: 'application/pdf' },
      { blob: '[application/pdf, 123 bytes]' },
    ],
    [{ uri: 'file:///x', blob: base64 }, { blob: '[binary, 123 bytes]' }],
    [{ uri: 'file:///x', blob: base64.replace(/=+$/, '') }, { blob: '[binary, 123 bytes]' }],
    [Buffer.alloc(9).toJSON(), { data: '[binary, 9 bytes]' }],
  ])('of content %j show as type and size', (content, shown) => {
    for (const { json } of [capture, plain]) {
      expect(JSON.parse(json({ content: [content] }))).toEqual({ content: [{ ...content, ...shown }] });
    }
  });

  it('are not what other members of these names hold', () => {
    const values = [{ type: 'json', data: 'abc' }, { blob: 'abc' }, { type: 'image', data: { a: 1 } }];
    expect(capture.json(values)).toBe(JSON.stringify(values));
  });

  it('of long data URLs show as type and size', () => {
    const url = `data:image/png;base64,${base64}`;
    for (const { text, json } of [capture, plain]) {
      expect(text(url)).toBe('[image/png, 123 bytes]');
      expect(text(`![a](${url}) b`)).toBe('![a]([image/png, 123 bytes]) b');
      expect(text(url.replace('image/png', 'text/plain;charset=utf-8'))).toBe('[text/plain, 123 bytes]');
      expect(text(url.replace('image/png', ''))).toBe('[binary, 123 bytes]');
      expect(json({ url })).toBe('{"url":"[image/png, 123 bytes]"}');
    }
    expect(capture.text('data:text/plain,hello data:image/gif;base64,R0lGODlhAQABAAAAACw=')).toMatch(
      /hello.*R0lGOD/,
    );
  });

  it('of data URLs beyond the cut are not searched for their end', () => {
    const url = `data:image/png;base64,${Buffer.alloc(1_000_000).toString('base64')}`;
    expect(capture.json([url, 1])).toBe('["[image/png, 1000000 bytes]",1]');
    expect(capture.text(`see ${url} there`)).toMatch(/^see \[image\/png, over \d{4} bytes\]…$/);
  });
});

describe('text', () => {
  it('stays as it is where nothing in it is secret', () => {
    for (const text of ['', 'Tool not found', 'file:///a/b.md', 'x'.repeat(4096)])
      expect(capture.text(text)).toBe(text);
  });

  it('is shown without its secrets', () => {
    expect(capture.text('401 for https://jane:x@example.com/?token=abc')).toBe(
      '401 for https://[REDACTED:credentials]@example.com/?token=[REDACTED]',
    );
  });

  it('may be anything at run time', () => {
    expect(capture.text(undefined as unknown as string)).toBe('null');
    expect(capture.text({ password: 'x' } as unknown as string)).toBe('{"password":"[REDACTED]"}');
  });
});
