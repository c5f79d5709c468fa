import { expect, test } from '@jest/globals';
import type { Attributes } from '@opentelemetry/api';
import { hashAttributes } from '@opentelemetry/sdk-metrics/build/src/utils';
import { rememberingTexts } from '../../../src/sdk/export/series-text.ts';
import { lasting } from '../../../src/sdk/signals/lasting.ts';

/** The SDK's, and what it was asked. */
function remembering() {
  const asked: Attributes[] = [];
  const textOf = rememberingTexts((attributes) => {
    asked.push(attributes);
    return hashAttributes(attributes);
  });
  return { asked, textOf };
}

test('the text of a set that lasts is the SDK’s, and is written once', () => {
  const { asked, textOf } = remembering();
  const one = lasting({ b: 1, a: 'x' });
  expect([textOf(one), textOf(one)]).toEqual([
    hashAttributes({ a: 'x', b: 1 }),
    hashAttributes({ a: 'x', b: 1 }),
  ]);
  expect(asked).toEqual([one]);
});

test('an application’s set is read each time, for it may be another by then', () => {
  const { textOf } = remembering();
  const own: Attributes = { a: 1 };
  const before = textOf(own);
  own['a'] = 2;
  expect([before, textOf(own)]).toEqual([hashAttributes({ a: 1 }), hashAttributes({ a: 2 })]);
});

test('a copy of a set that lasts does not last, and has the same attributes', () => {
  const { textOf } = remembering();
  const one = lasting({ a: 1 });
  textOf(one);
  for (const copy of [{ ...one, b: 2 }, Object.assign({}, one, { b: 2 })]) {
    expect(textOf(copy)).toBe(hashAttributes({ a: 1, b: 2 }));
    expect(Reflect.ownKeys(copy)).toEqual(['a', 'b']);
  }
});
