import { expect, test } from '@jest/globals';
import { foundIn } from '../../../src/explorer/page/tools/found-in.ts';

const PAY = { name: 'create_payment', services: ['shop'], errorTypes: [{ type: 'CardError' }] };
const READ = { name: 'docs://Guide', services: ['shop', 'library'], errorTypes: [] };

const found = (find: string) => foundIn([PAY, READ], find).map(({ name }) => name);

test('a row is found by all words in its name, its servers and its errors, in any case', () => {
  expect(found('PAYMENT')).toEqual([PAY.name]);
  expect(found('shop')).toEqual([PAY.name, READ.name]);
  expect(found(' guide  LIB ')).toEqual([READ.name]);
  expect(found('carderror create')).toEqual([PAY.name]);
  expect(found('payment library')).toEqual([]);
});

test('no words find every row', () => {
  expect(found(' ')).toEqual([PAY.name, READ.name]);
});

test('words do not reach from one name into the next', () => {
  expect(found('payment\nshop')).toEqual([PAY.name]);
  expect(found('paymentshop')).toEqual([]);
});
