import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withCarriers } from '../../../src/proxy/stdio/with-carriers.ts';
import { json, RUNS } from '../../support/messages.ts';

const CARRIER = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=1' };

const changed = (line: string, ...carriers: (Record<string, string> | undefined)[]): string =>
  withCarriers(Buffer.from(line), carriers.length === 0 ? [CARRIER] : carriers).toString();

test('the trace context stands in _meta, and everything else is what it was', () => {
  const params = fc.option(
    fc.record(
      {
        name: json,
        _meta: fc.dictionary(fc.oneof(fc.constant('progressToken'), fc.string()), json),
      },
      { requiredKeys: [] },
    ),
    { nil: undefined },
  );
  fc.assert(
    fc.property(params, fc.constantFrom(undefined, 1, '\t'), (given, space) => {
      const request: any = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: given };
      const line = JSON.stringify(request, undefined, space);
      const expected = JSON.parse(line);
      expected.params = { ...expected.params, _meta: { ...expected.params?._meta, ...CARRIER } };
      expect(JSON.parse(changed(line))).toEqual(expected);
    }),
    RUNS,
  );
});

describe('what is not ours stays as it is written:', () => {
  test.each([
    ['large numbers', '{"id":12345678901234567890,"params":{"a":1.0e+400,"_meta":{}}}'],
    ['spaces', ' { "id" : 1 , "params" : { "_meta" : { "a" : [ 1 , 2 ] } } }\r'],
    ['escapes and what is not ASCII', '{"params":{"_meta":{"\\u0061":"\\u00e9é🦆\\"{"}},"id":"\\/"}'],
    ['a message without params', '{"id":1,"method":"ping"}'],
    ['empty params', '{"id":1,"params":{ }}'],
    ['a member that looks like it', '{"x":{"params":{"_meta":1}},"params":{"y":{"_meta":{}}}}'],
  ])('%s', (_, line) => {
    const written = changed(line);
    const fields = `"traceparent":"${CARRIER.traceparent}","tracestate":"a=1"`;
    expect(written).toContain(fields);
    const without = [`${fields},`, `"_meta":{${fields}},`, `"params":{"_meta":{${fields}}},`, fields];
    const rests = [...without, `"_meta":{${fields}}`].map((part) => written.replace(part, ''));
    expect(rests).toContain(line);
  });

  test('bytes that are no UTF-8', () => {
    const line = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xc3]), Buffer.from('"}')]);
    const written = withCarriers(line, [CARRIER]);
    expect(written.includes(Buffer.from([0xff, 0xc3]))).toBe(true);
    expect(written.length).toBe(line.length + written.toString('latin1').indexOf('"a"') - 1);
  });
});

test('a span that the client names is replaced, as it is the parent of the one that is named now; baggage stays', () => {
  const line = '{"params":{"_meta":{"traceparent":"old","baggage":"k=v","z":1}}}';
  expect(changed(line, { ...CARRIER, baggage: 'k=w' })).toBe(
    `{"params":{"_meta":{"tracestate":"a=1","traceparent":"${CARRIER.traceparent}","baggage":"k=v","z":1}}}`,
  );
});

test('of members with one name the last counts', () => {
  const line = '{"params":{"_meta":{}},"params":{"_meta":{"a":1}}}';
  expect(JSON.parse(changed(line)).params._meta).toEqual({ ...CARRIER, a: 1 });
});

test('in a list, each message has its own', () => {
  const line = '[{"id":1}, {"id":2,"params":{}} ,7,{"id":3}]';
  const written = JSON.parse(
    changed(line, { traceparent: 'one' }, undefined, undefined, { traceparent: 'three' }),
  );
  expect(written).toEqual([
    { params: { _meta: { traceparent: 'one' } }, id: 1 },
    { id: 2, params: {} },
    7,
    { params: { _meta: { traceparent: 'three' } }, id: 3 },
  ]);
});

test.each(['{"params":[1]}', '{"params":{"_meta":null}}', '7', '[]'])('%s stays as it is', (line) => {
  expect(changed(line)).toBe(line);
});
