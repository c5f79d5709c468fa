import { expect, test } from '@jest/globals';
import { helloBlock, isHello } from '../../../../tools/stack/clickhouse/hello.ts';

const HELLO = 'SELECT displayName(), version(), revision(), timezone()';

test("the first query of ClickHouse's driver for Go is known by its text and its revision", () => {
  expect(isHello({ clientRevision: 54_483 }, HELLO)).toBe(true);
  expect(isHello({ clientRevision: 0 }, HELLO)).toBe(false);
  expect(isHello({ clientRevision: 54_483 }, 'SELECT version()')).toBe(false);
});

test('its answer is a block as the driver reads it, with revision 0', () => {
  const long = 'n'.repeat(200);
  const bytes = helloBlock(long, '26.7.2.1', 'UTC');
  const expected = [
    '01 00 02 ff ff ff ff 00', // is_overflows, bucket_num
    '04 01', // columns, rows
    `0d${hex('displayName()')} 06${hex('String')} 00 c801${hex(long)}`,
    `09${hex('version()')} 06${hex('String')} 00 08${hex('26.7.2.1')}`,
    `0a${hex('revision()')} 06${hex('UInt32')} 00 00000000`,
    `0a${hex('timezone()')} 06${hex('String')} 00 03${hex('UTC')}`,
  ];
  expect(bytes.toString('hex')).toBe(expected.join('').replace(/ /g, ''));
});

function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}
