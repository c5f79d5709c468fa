import { describe, expect, test } from '@jest/globals';
import { HELP, readOptions, UsageError } from '../../../../tools/stack/clickhouse/options.ts';

const NEEDED = ['--engine', '/engine', '--data', '/data'];

describe('the command line of the server in front of ClickHouse', () => {
  test('says where engine and data are, and the port', () => {
    expect(readOptions([...NEEDED, '--port', '8123', '--schema', '/schema.sql'])).toEqual({
      ...{ engine: '/engine', data: '/data', port: 8123, schema: '/schema.sql' },
    });
    expect(readOptions([...NEEDED, '--port', '0'])).toMatchObject({ port: 0, schema: undefined });
  });

  test('asks for help', () => {
    expect(readOptions(['-h'])).toBeUndefined();
    for (const name of ['--engine', '--data', '--port', '--schema', '--help']) expect(HELP).toContain(name);
  });

  test.each([
    [['--data', '/data', '--port', '1'], '--engine is needed'],
    [['--engine', '/engine', '--port', '1'], '--data is needed'],
    [NEEDED, '--port is needed'],
    [['--engine', '/engine', '--data', '/a*', '--port', '1'], '--data may not have * ? { }'],
    [[...NEEDED, '--port', '65536'], '--port takes a number up to 65535'],
    [[...NEEDED, '--port', '1e3'], '--port takes a number up to 65535'],
    [[...NEEDED, '--port', '1', '--nope'], '--nope'],
  ])('%j is a mistake: %s', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });
});
