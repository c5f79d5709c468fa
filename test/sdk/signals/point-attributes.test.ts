import { expect, test } from '@jest/globals';
import type { Operation } from '../../../src/sdk/operation/operation.ts';
import { operationMetricAttributes, sizeMetricAttributes } from '../../../src/sdk/signals/attributes.ts';
import { isLasting } from '../../../src/sdk/signals/lasting.ts';
import { PointAttributeSets } from '../../../src/sdk/signals/point-attributes.ts';

const IDENTITY = { processSessionId: 'the-process', scope: 'process', onMetrics: true } as const;
const WIRE = {
  networkTransport: 'tcp',
  networkProtocolName: 'http',
  networkProtocolVersion: '1.1',
  serverAddress: 'localhost',
  serverPort: 80,
};
const CALL = {
  method: 'tools/call',
  methodKnown: true,
  subject: { kind: 'tool', value: 'echo' },
  protocolVersion: '2025-06-18',
  wire: WIRE,
} as Operation;

const operation = (change: object): Operation => ({ ...CALL, ...change });

test('operations of one kind share their sets, which last', () => {
  const points = new PointAttributeSets(IDENTITY);
  const first = points.of(CALL, 'echo');
  expect(points.of(operation({ wire: { ...WIRE }, id: 2 }), 'echo')).toBe(first);
  expect([first.duration, first.sizes].map(isLasting)).toEqual([true, true]);
});

test('whatever is on a data point tells sets apart', () => {
  const points = new PointAttributeSets(IDENTITY);
  const others: [Operation, string | undefined][] = [
    [CALL, 'echo'],
    [CALL, 'other'],
    [CALL, undefined],
    [operation({ method: 'tools/list' }), undefined],
    [operation({ method: 'prompts/get', subject: { kind: 'prompt', value: 'echo' } }), 'echo'],
    [operation({ method: 'unknown', methodKnown: false }), 'echo'],
    [
      operation({ method: 'unknown', methodKnown: false, subject: { kind: 'prompt', value: 'echo' } }),
      'echo',
    ],
    [operation({ protocolVersion: undefined }), 'echo'],
    ...Object.keys(WIRE).map((name): [Operation, string] => [
      operation({ wire: { ...WIRE, [name]: undefined } }),
      'echo',
    ]),
  ];
  for (let round = 0; round < 2; round += 1) {
    for (const [each, name] of others) {
      expect(points.of(each, name)).toMatchObject({
        duration: operationMetricAttributes(IDENTITY, each, name),
        sizes: sizeMetricAttributes(IDENTITY, each, name),
      });
      expect(Object.keys(points.of(each, name).duration)).toEqual(
        Object.keys(operationMetricAttributes(IDENTITY, each, name)),
      );
    }
  }
  expect(new Set(others.map(([each, name]) => points.of(each, name))).size).toBe(others.length);
});

test('kinds without end are not all kept', () => {
  const without = (change: (i: number) => object, kinds: number): void => {
    const points = new PointAttributeSets(IDENTITY);
    const first = points.of(CALL, 'echo');
    for (let i = 1; i <= kinds; i += 1) points.of(operation(change(i)), 'echo');
    expect(points.of(CALL, 'echo')).not.toBe(first);
    expect(points.of(CALL, 'echo')).toEqual(first);
  };
  without((i) => ({ wire: { ...WIRE, serverPort: 1_000 + i } }), 50);
  without((i) => ({ method: `own/${i}` }), 1_000);
});
