import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { codeSpan, fenced, table } from '../../../src/explorer/server/markdown.ts';
import { indentJson } from '../../../src/explorer/text/indent-json.ts';

/** Text of which Markdown makes something, and what could break out of it. */
const hostile = fc
  .array(
    fc.constantFrom(
      '`',
      '``',
      '````',
      '|',
      '\\',
      '\\|',
      ' ',
      '\n',
      '\r\n',
      '<img src=x onerror=alert(1)>',
      '@you',
      'a',
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('a code span', () => {
  test('holds back ticks, by more of them outside', () => {
    expect(codeSpan('plain')).toBe('`plain`');
    expect(codeSpan('a`b')).toBe('``a`b``');
    expect(codeSpan('`')).toBe('`` ` ``');
    expect(codeSpan(' padded ')).toBe('`  padded  `');
  });

  test('shows what cannot be seen', () => {
    expect(codeSpan('a\u202eb\u0007\nc')).toBe('`a\\u202eb\\x07\\nc`');
    expect(codeSpan('   ')).toBe('(blank)');
    expect(codeSpan('')).toBe('');
  });

  test('is cut where it is long, and says how long it was', () => {
    expect(codeSpan('x'.repeat(500), 10)).toBe(`\`${'x'.repeat(10)}… (500 characters)\``);
  });

  test('gives back the text as a reader of CommonMark reads it, whatever it is', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const span = codeSpan(text);
        if (text.trim() === '' && !/[\r\n]/.test(text)) return;
        expect(contentOfSpan(span)).toBe(text.replaceAll('\r', '\\r').replaceAll('\n', '\\n'));
      }),
    );
  });
});

describe('a table', () => {
  test('keeps its columns, whatever is in the cells', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hostile, hostile), { minLength: 1, maxLength: 4 }), (rows) => {
        const lines = table(
          ['one', 'two'],
          rows.map((row) => row.map((cell) => codeSpan(cell))),
        ).split('\n');
        expect(lines).toHaveLength(rows.length + 2);
        for (const line of lines) expect(line.match(/(?<!\\)\|/g)).toHaveLength(3);
      }),
    );
  });
});

describe('a block', () => {
  test('ends at its own fence only', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const lines = fenced(text, 1_000).split('\n');
        const fence = /^`+/.exec(lines[0] as string)?.[0] as string;
        expect(lines.at(-1)).toBe(fence);
        for (const line of lines.slice(1, -1)) expect(line.includes(fence)).toBe(false);
      }),
    );
  });

  test('lays JSON out without reading its values', () => {
    expect(fenced('{"id":12345678901234567890,"list":[1,{}],"text":"a,b:{c}"}', 1_000)).toBe(
      [
        '```json',
        '{',
        '  "id": 12345678901234567890,',
        '  "list": [',
        '    1,',
        '    {}',
        '  ],',
        '  "text": "a,b:{c}"',
        '}',
        '```',
      ].join('\n'),
    );
  });

  test('shows JSON that was cut as text', () => {
    expect(fenced('{"a": "b', 1_000)).toBe('```text\n{"a": "b\n```');
    expect(fenced(`["${'x'.repeat(100)}"]`, 10)).toBe('```text\n["xxxxxxxx… (104 characters)\n```');
  });

  test('means the same as the JSON it was made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const compact = JSON.stringify(value);
        expect(JSON.parse(indentJson(compact))).toEqual(JSON.parse(compact));
        expect(indentJson(indentJson(compact))).toBe(indentJson(compact));
      }),
    );
  });
});

/** As CommonMark has it: the ticks, and one space of each side where both are there and not all is space. */
function contentOfSpan(span: string): string {
  const [, ticks, content] = /^(`+)([\s\S]*)\1$/.exec(span) as RegExpExecArray;
  expect(content?.match(/`+/g) ?? []).not.toContain(ticks);
  return /^ [\s\S]* $/.test(content as string) ? (content as string).slice(1, -1) : (content as string);
}
