import { describe, expect, test } from '@jest/globals';
import { runCli } from '../cli/support.ts';
import { askAbout } from '../explorer/mcp/support.ts';
import { otlpLine, requestSpan, sessionSpan, withRecording } from '../explorer/support.ts';

const ID = '0eec84ac-b675-827c-a793-d1a2e62dd447';
const OF_CONVERSATION = {
  'mcp.client.session.id': ID,
  'mcp.client.session.source': 'conversation',
  'mcp.client.name': 'openai-mcp',
  'gen_ai.conversation.id': 'v1/conv-A',
};
const RECORDING = {
  'a.traces.jsonl': otlpLine([
    sessionSpan('start', 0, 0, OF_CONVERSATION),
    requestSpan(5, { ...OF_CONVERSATION, 'mcp.protocol.session.id': '38927203-aaaa-bbbb' }),
  ]),
};

describe.each([
  ['the conversation', 'v1/conv-A'],
  ['the beginning of it', 'v1/conv'],
  ['a session of the protocol', '38927203'],
])('the id of %s', (_, typed) => {
  test('leads to the session', async () => {
    await withRecording(RECORDING, async (dir) => {
      const { stdout } = await runCli(['sessions', dir, '--session', typed, '--json']);
      expect(JSON.parse(stdout).session.id).toBe(ID);
      const { ask, close } = await askAbout(dir);
      const { json } = await ask('get_session', { session_id: typed });
      await close();
      expect(json.session.id).toBe(ID);
    });
  });
});

test('a client is found by a part of its name, by the command and by `list_sessions` alike', async () => {
  await withRecording(RECORDING, async (dir) => {
    const { stdout } = await runCli(['sessions', dir, '--client', 'OpenAI', '--json']);
    expect(JSON.parse(stdout)).toHaveLength(1);
    const { ask, close } = await askAbout(dir);
    const found = [
      await ask('list_sessions', { client: 'OpenAI' }),
      await ask('list_sessions', { client: 'other' }),
    ];
    await close();
    expect(found.map(({ json }) => json.total)).toEqual([1, 0]);
  });
});
