import { describe, expect, test } from '@jest/globals';
import { nest } from '../../../src/explorer/sessions/nesting.ts';

interface Item {
  readonly id: string;
  readonly parent?: string;
}

const KINSHIP = {
  own: ({ id }: Item) => [id],
  above: ({ parent }: Item) => (parent === undefined ? [] : [parent]),
};

/** `a`, `-b` below it, `--c` below that. */
function treeOf(...items: readonly string[]): string[] {
  const read = items.map((text): Item => {
    const [id, parent] = text.split('<') as [string, string?];
    return { id, ...(parent !== undefined && { parent }) };
  });
  return nest(read, KINSHIP).map(({ item, depth, below }) => `${'-'.repeat(depth)}${item.id} ${below}`);
}

describe('spans', () => {
  test('stand behind the one that they hang below, in their order', () => {
    expect(treeOf('a', 'b<a', 'c', 'd<b', 'e<a', 'f<c')).toEqual([
      'a 3',
      '-b 1',
      '--d 0',
      '-e 0',
      'c 1',
      '-f 0',
    ]);
  });

  test('stand behind a parent that comes later', () => {
    expect(treeOf('b<a', 'a')).toEqual(['a 1', '-b 0']);
  });

  test('are at the top where their parent is not there, or is themselves', () => {
    expect(treeOf('a<gone', 'b<b', 'c<a')).toEqual(['a 1', '-c 0', 'b 0']);
  });

  test('in circles are not lost', () => {
    expect(treeOf('a', 'b<c', 'c<b', 'd<c')).toEqual(['a 0', 'b 2', '-c 1', '--d 0']);
  });

  test('of one id are all there, and the first has what hangs below it', () => {
    expect(treeOf('a', 'a', 'b<a')).toEqual(['a 1', '-b 0', 'a 0']);
  });

  test('may hang deeper than a stack is', () => {
    const chain = Array.from({ length: 50_000 }, (_, i): Item => ({ id: `${i}`, parent: `${i - 1}` }));
    const lines = nest(chain, KINSHIP);
    expect(lines.at(0)?.below).toBe(49_999);
    expect(lines.at(-1)?.depth).toBe(49_999);
  });
});
