import { expect, test } from '@jest/globals';
import { otlpLine, requestSpan } from '../explorer/support.ts';
import { viewsOf } from '../explorer/views.ts';

const FAILED = { status: { code: 2, message: 'declined' } };
const failed = (at: number, attributes: Record<string, string>) =>
  requestSpan(at, { 'gen_ai.tool.name': 'pay', ...attributes }, FAILED);

// Newer recordings have `tool_error` as `error.type`, as the conventions want it, and the class beside it.
test('the class of an exception is shown wherever it stands, and what error.type says where there is none', async () => {
  const spans = [
    failed(1, { 'error.type': 'PaymentError' }),
    failed(2, { 'error.type': 'tool_error', 'exception.type': 'PaymentError' }),
    failed(3, { 'error.type': 'tool_error' }),
    failed(4, {
      'error.type': '-32603',
      'rpc.response.status_code': '-32603',
      'exception.type': 'TypeError',
    }),
    failed(5, { 'error.type': 'connection_closed', 'exception.type': 'TypeError' }),
  ];
  const { page, errors, tools, details, markdown } = await viewsOf({ 'a.traces.jsonl': [otlpLine(spans)] });
  const types = [
    { type: 'PaymentError', count: 2 },
    { type: '-32603', count: 1 },
    { type: 'connection_closed', count: 1 },
    { type: 'tool_error', count: 1 },
  ];
  expect(tools.json.tools[0].errorTypes).toEqual(types);
  expect(errors.json.types).toEqual(types);
  const texts = ['PaymentError', 'PaymentError', 'tool_error', '-32603', 'connection_closed'].map(
    (type) => `${type}: declined`,
  );
  expect(page.events.map(({ error }) => error)).toEqual(texts);
  for (const text of texts) {
    expect(details).toContain(text);
    expect(markdown).toContain(text);
  }
});
