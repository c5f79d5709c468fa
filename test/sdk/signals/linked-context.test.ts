import { describe, expect, test } from '@jest/globals';
import { createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { LINKED_ROOT, LinkedContext } from '../../../src/sdk/signals/linked-context.ts';

const A = createContextKey('a');
const B = createContextKey('b');
const C = createContextKey('c');

describe('a linked context', () => {
  test('has its own values and those below', () => {
    const below = ROOT_CONTEXT.setValue(A, 1);
    const linked = new LinkedContext(below, B, 2).setValue(C, 3);
    expect([A, B, C].map((key) => linked.getValue(key))).toEqual([1, 2, 3]);
  });

  test('is not changed by what is made of it', () => {
    const linked = LINKED_ROOT.setValue(A, 1);
    linked.setValue(A, 2);
    linked.deleteValue(A);
    expect(linked.getValue(A)).toBe(1);
  });

  test('hides a value below, and forgets one that was set in it', () => {
    const hidden = new LinkedContext(ROOT_CONTEXT.setValue(A, 1), A, 2);
    expect(hidden.getValue(A)).toBe(2);
    expect(hidden.deleteValue(A).getValue(A)).toBeUndefined();
    const twice = LINKED_ROOT.setValue(A, 1).setValue(B, 2).setValue(A, 3) as LinkedContext;
    expect(twice.getValue(A)).toBe(3);
    expect(twice.without(A).getValue(A)).toBeUndefined();
    expect(twice.without(A).getValue(B)).toBe(2);
  });

  test('holds a span as any context does', () => {
    const span = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 });
    const linked = trace.setSpan(LINKED_ROOT, span);
    expect(trace.getSpan(linked)).toBe(span);
    expect(trace.getSpan(trace.deleteSpan(linked))).toBeUndefined();
  });
});
