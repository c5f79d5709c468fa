import { describe, expect, test } from '@jest/globals';
import { parseSearch } from '../../../src/explorer/sessions/search.ts';

describe('a search', () => {
  test.each<[string, [field: string | undefined, text: string][]]>([
    ['', []],
    ['  ', []],
    ['Refused', [[undefined, 'refused']]],
    [
      ' card  declined ',
      [
        [undefined, 'card'],
        [undefined, 'declined'],
      ],
    ],
    ['"card declined"', [[undefined, 'card declined']]],
    ['"card decl', [[undefined, 'card decl']]],
    ['""', []],
    ['Tool:get_Weather', [['tool', 'get_weather']]],
    [
      'error:"card declined" client:agent',
      [
        ['error', 'card declined'],
        ['client', 'agent'],
      ],
    ],
    ['tool:', [[undefined, 'tool:']]],
    ['tool:""', []],
    ['colour:red', [[undefined, 'colour:red']]],
    ['colour:"dark red"', [[undefined, 'colour:dark red']]],
    ['http://host:80/a', [[undefined, 'http://host:80/a']]],
    [
      'constructor:x __proto__:y',
      [
        [undefined, 'constructor:x'],
        [undefined, '__proto__:y'],
      ],
    ],
    [
      'PaymentError: card',
      [
        [undefined, 'paymenterror:'],
        [undefined, 'card'],
      ],
    ],
    ['a"b', [[undefined, 'a"b']]],
  ])('%j is taken apart into its words and phrases', (search, expected) => {
    expect(parseSearch(search).map(({ field, text }) => [field, text])).toEqual(expected);
  });

  test('has thirty words at most', () => {
    expect(parseSearch('x '.repeat(1_000))).toHaveLength(30);
  });
});
