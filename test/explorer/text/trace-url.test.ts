import { describe, expect, test } from '@jest/globals';
import { traceUrlOf, traceUrlProblem } from '../../../src/explorer/text/trace-url.ts';

const SPAN = { traceId: 'abc', spanId: 'def', service: 'shop', startMs: 1_000.5, endMs: 2_000 };

describe('a link to traces elsewhere', () => {
  test('is filled in, with other braces as they are', () => {
    expect(traceUrlOf('http://j/trace/{traceId}?uiFind={spanId}', SPAN)).toBe(
      'http://j/trace/abc?uiFind=def',
    );
    expect(traceUrlOf('https://g/explore?left={"q":"{traceId}"}&s={service}&t={startMs}-{endMs}', SPAN)).toBe(
      'https://g/explore?left={"q":"abc"}&s=shop&t=1000-2000',
    );
  });

  test('takes what others recorded as a value, whatever it is', () => {
    const hostile = { ...SPAN, traceId: '../a?b=c#"><script>\ud800' };
    expect(traceUrlOf('http://j/{traceId}', hostile)).toBe(
      'http://j/..%2Fa%3Fb%3Dc%23%22%3E%3Cscript%3E%EF%BF%BD',
    );
  });

  test.each([
    ['http://127.0.0.1:16686/trace/{traceId}'],
    ['https://grafana.example/explore?left=%7B%22queries%22%3A%22{traceId}%22%7D'],
  ])('may be %s', (template) => {
    expect(traceUrlProblem(template)).toBe(undefined);
  });

  test.each([
    ['', 'must hold {traceId}'],
    ['http://j/', 'must hold {traceId}'],
    ['javascript:alert("{traceId}")', 'Give an address'],
    [' javascript:alert("{traceId}")', 'Give an address'],
    ['data:text/html,{traceId}', 'Give an address'],
    ['/trace/{traceId}', 'Give an address'],
    ['http://{traceId}/', 'Give an address'],
    ['http://j:{traceId}/', 'Give an address'],
    ['{service}://j/{traceId}', 'Give an address'],
    ['http://{service}@j/{traceId}', 'Give an address'],
    [`http://j/{traceId}${'x'.repeat(3_000)}`, 'at most'],
  ])('is not %j', (template, problem) => {
    expect(traceUrlProblem(template)).toContain(problem);
  });
});
