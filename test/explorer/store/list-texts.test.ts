import { expect, test } from '@jest/globals';
import { ListTexts } from '../../../src/explorer/store/list-texts.ts';

const said = (list?: string[], count?: number, joined?: string) => ({ list, joined, count });

test('the text of a list is that of its own names, whatever was answered before, and by whom', () => {
  const texts = new ListTexts();
  for (let i = 0; i < 2; i += 1) {
    expect(texts.textOf('shop', said(['buy', 'sell'], 2))).toBe('buy, sell');
    expect(texts.textOf('bank', said(['pay'], 1))).toBe('pay');
    expect(texts.textOf('shop', said(['buy', 'sell'], 3))).toBe('buy, sell, …');
    expect(texts.textOf('shop', said(['buy', 'lend'], 2))).toBe('buy, lend');
    expect(texts.textOf('shop', said(undefined, 2, 'buy, sell'))).toBe('buy, sell');
    expect(texts.textOf(undefined, said([], 0))).toBe('');
    expect(texts.textOf('shop', said(undefined, 3))).toBeUndefined();
  }
});

test('more servers than are remembered are read all the same', () => {
  const texts = new ListTexts();
  for (let i = 0; i < 1_100; i += 1)
    expect(texts.textOf(`server-${i}`, said([`tool-${i}`], 1))).toBe(`tool-${i}`);
});
