import { expect, test } from '@jest/globals';
import { listRows } from '../cli/support.ts';
import { askAbout } from '../explorer/mcp/support.ts';
import { otlpLine, requestSpan, sessionSpan, withRecording } from '../explorer/support.ts';

const ID = '3f2a9c1b-6d1e-4c52-9a55-0d6f0f7f1a01';
const of = (source: string, more = {}) => ({
  'mcp.client.session.id': ID,
  'mcp.client.session.source': source,
  ...more,
});

test('a session that went on without the conversation of its handshake does not show it', async () => {
  const spans = [
    sessionSpan('start', 0, 0, of('protocol')),
    sessionSpan('update', 1, 10, of('conversation', { 'gen_ai.conversation.id': 'a' })),
    requestSpan(20, of('protocol')),
    sessionSpan('update', 2, 30, of('protocol')),
  ];
  await withRecording({ 'a.traces.jsonl': otlpLine(spans) }, async (dir) => {
    expect(await listRows(dir)).toMatchObject([{ id: ID, source: 'protocol', conversationId: null }]);
    const { ask, close } = await askAbout(dir);
    const { json } = await ask('list_sessions');
    await close();
    expect(json.sessions).toMatchObject([{ source: 'protocol', conversationId: null }]);
  });
});
