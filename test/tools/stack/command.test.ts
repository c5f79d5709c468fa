import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { readArguments, UsageError } from '../../../tools/stack/arguments.ts';
import { freePorts, PORTS, portsAt, requireFree } from '../../../tools/stack/ports.ts';

const read = (...args: string[]) => readArguments(args, '/cache');

describe('npm run stack', () => {
  test('starts the four backends, with the data in the cache', () => {
    expect(read('up')).toEqual({
      command: 'up',
      detach: false,
      services: ['prometheus', 'clickhouse', 'jaeger', 'collector'],
      portOffset: 0,
      dataDir: '/cache/run',
      logsDir: '/cache/run/logs',
      which: '',
    });
  });

  test('keeps a stack on other ports apart, and says how to find it again', () => {
    const { dataDir, which, portOffset } = read('up', '--port-offset', '1000')!;
    expect([dataDir, which, portOffset]).toEqual(['/cache/run-1000', ' --port-offset 1000', 1000]);
    expect(read('down', '--data', '/mine')).toMatchObject({ dataDir: '/mine', which: ' --data /mine' });
  });

  test('adds the example server and its clients, and leaves out what is not wanted', () => {
    expect(read('up', '--traffic', '--without', 'jaeger')!.services).toEqual([
      'prometheus',
      'clickhouse',
      'collector',
      'example',
      'traffic',
    ]);
  });

  test.each([
    [[], 'one of up, down, status is needed'],
    [['start'], 'not "start"'],
    [['up', 'down'], 'not "up down"'],
    [['up', '--port-offset', 'x'], 'takes a whole number, not "x"'],
    [['up', '--port-offset', '60000'], 'would put'],
    [['up', '--without', 'collector'], 'not "collector"'],
    [['up', '--without', 'clickhouse', '--without', 'jaeger'], 'no place for traces'],
    [['up', '--fast'], '--fast'],
  ])('refuses %j', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });

  test('asks for nothing where help is wanted', () => {
    expect(read('--help')).toBeUndefined();
  });
});

describe('ports', () => {
  test('are all moved by the offset', () => {
    const moved = portsAt(1000);
    for (const [name, port] of Object.entries(PORTS))
      expect(moved[name as keyof typeof PORTS]).toBe(port + 1000);
    expect(Object.values(moved).filter((port) => (Object.values(PORTS) as number[]).includes(port))).toEqual(
      [],
    );
  });

  test('that another program has are named, with how to use others', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await expect(requireFree({ clickhouse: port })).rejects.toThrow(`port ${port} (clickhouse)`);
      await expect(requireFree({ clickhouse: port })).rejects.toThrow('--port-offset');
    } finally {
      server.close();
    }
  });

  test('that are free are found, all different', async () => {
    const ports = await freePorts();
    expect(new Set(Object.values(ports)).size).toBe(Object.keys(PORTS).length);
    await expect(requireFree(ports)).resolves.toBeUndefined();
  });
});
