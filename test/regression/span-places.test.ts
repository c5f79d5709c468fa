import { expect, test } from '@jest/globals';
import { otlpLine, requestSpan, sessionSpan } from '../explorer/support.ts';
import { everywhere, failuresIn, viewsOf } from '../explorer/views.ts';

// The place of a span in its line was searched for by its ids, which a link of an earlier span holds too.
test.each([
  ['links', (target: object) => ({ links: [target] })],
  ['several links', (target: object) => ({ links: [{ traceId: 'f'.repeat(32), spanId: '1' }, target] })],
  ['what OTLP does not have', (target: object) => ({ related: { first: [target] } })],
])('a span that an earlier one of its line names in %s is in every view', async (_, more) => {
  const failing = requestSpan(
    30,
    { 'gen_ai.tool.name': 'pay', 'error.type': 'tool_error' },
    { status: { code: 2, message: 'declined' } },
  );
  const { traceId, spanId } = failing;
  const earlier = { ...requestSpan(20, { 'gen_ai.tool.name': 'look' }), ...more({ traceId, spanId }) };
  const spans = [
    sessionSpan('start', 0, 0),
    requestSpan(10, { 'gen_ai.tool.name': 'look' }),
    earlier,
    failing,
  ];
  const views = await viewsOf({ 'a.traces.jsonl': [otlpLine(spans)] });
  expect(views.row).toMatchObject({ calls: 3, tools: ['look', 'pay'] });
  expect(failuresIn(views)).toEqual(everywhere(1));
  const types = ['session start', 'tools/call look', 'tools/call look', 'tools/call pay'];
  expect(views.page.events.map(({ type }) => type)).toEqual(types);
  expect(views.session.json.events.map(({ type }: { type: string }) => type)).toEqual(types);
  expect(views.errors.json.errors).toMatchObject([{ target: 'pay', error: 'tool_error: declined' }]);
  expect(views.markdown).toContain('### 4. `tools/call pay` failed');
});
