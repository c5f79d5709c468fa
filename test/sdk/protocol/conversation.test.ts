import { describe, expect, test } from '@jest/globals';
import { conversationOf, type Told } from '../../../src/sdk/protocol/conversation.ts';
import { NO_META } from '../../../src/sdk/protocol/meta.ts';

const told = (
  meta: Record<string, unknown> = NO_META,
  headers: Record<string, string> = {},
  client?: string,
): Told => ({ meta, header: (name) => headers[name], client: () => client });

const HANDLE = 'io.modelcontextprotocol/conversation-handle';
const TURN = { session_id: 'root', thread_id: 'thread', turn_id: 'turn', workspaces: { '/home/joe': {} } };

describe('the id of a conversation is read', () => {
  test.each<[string, Told, string]>([
    ['from ChatGPT', told({ 'openai/session': 'v1/abc', 'openai/subject': 'user' }), 'v1/abc'],
    ['from VS Code', told({ 'vscode.conversationId': 'c', 'vscode.requestId': 'turn' }), 'c'],
    ['from Codex', told({ 'x-codex-turn-metadata': TURN, threadId: 'thread' }), 'root'],
    ['from Codex, as JSON text', told({ 'x-codex-turn-metadata': JSON.stringify(TURN) }), 'root'],
    ['from a Codex without session', told({ 'x-codex-turn-metadata': { thread_id: 't' } }), 't'],
    ['from Codex by its client’s name', told({ sessionId: 's' }, {}, 'codex-mcp-client/0.50.0'), 's'],
    ['from an older Codex', told({ threadId: 't' }, {}, 'codex-mcp-client'), 't'],
    ['from opencode', told({ 'ai.opencode/sessionID': 'ses_1' }), 'ses_1'],
    ['from the first opencode 2', told({ sessionID: 'ses_1' }), 'ses_1'],
    ['from goose', told({ 'agent-session-id': '20261128_4', 'agent-working-dir': '/home' }), '20261128_4'],
    ['from an older goose', told({ 'goose-session-id': '20261128_4' }), '20261128_4'],
    ['from Antigravity', told({ 'antigravity.google/conversation_id': 'a' }), 'a'],
    ['from ZCode', told({ 'com.zcode/request-context': { session_id: 'sess_1', turn_id: 't' } }), 'sess_1'],
    ['of a handle that is proposed', told({ [HANDLE]: { propose: { conversationId: 'h' } } }), 'h'],
    ['of a handle', told({ [HANDLE]: { conversationId: 'h', seq: 3 } }), 'h'],
    ['in baggage', told({ baggage: 'user.id=joe,gen_ai.conversation.id=a%20b;p=1,session.id=s' }), 'a b'],
    ['in baggage of the session alone', told({ baggage: 'sentry-trace_id=1, session.id = s ' }), 's'],
    ['in the header', told(NO_META, { baggage: 'session.id=s,gen_ai.conversation.id=c' }), 'c'],
    ['in the header of the session alone', told(NO_META, { baggage: 'session.id=s' }), 's'],
    ['in ChatGPT’s header', told({ progressToken: 1 }, { 'x-openai-session': 'v1/abc' }), 'v1/abc'],
    ['in OpenHands’ header', told(NO_META, { 'x-openhands-conversation-id': 'o' }), 'o'],
  ])('%s', (_, request, id) => {
    expect(conversationOf(request)?.id).toBe(id);
  });

  test('in `_meta` before the headers, and as a conversation before a session', () => {
    const meta = { 'openai/session': 'meta', baggage: 'gen_ai.conversation.id=baggage' };
    expect(conversationOf(told(meta, { 'x-openai-session': 'header' }))?.id).toBe('meta');
    const headers = { baggage: 'gen_ai.conversation.id=header' };
    expect(conversationOf(told({ baggage: 'session.id=meta' }, headers))?.id).toBe('header');
  });

  test('with a note that goose’s is counted by each installation', () => {
    expect(conversationOf(told({ 'agent-session-id': '20261128_4' }))?.isCounted).toBe(true);
    expect(conversationOf(told({ 'openai/session': 'v1/abc' }))?.isCounted).toBe(false);
  });

  test.each<[string, Told]>([
    ['without any', told()],
    [
      'of a turn, a call, a user or a widget',
      told({
        progressToken: 'p',
        'vscode.requestId': 'r',
        'claudecode/toolUseId': 'toolu_1',
        callId: 'c',
        'openai/subject': 'user',
        'openai/widgetSessionId': 'w',
        'x-codex-turn-metadata': { turn_id: 't' },
        baggage: 'user.id=joe,gen_ai.conversation.idx=1',
      }),
    ],
    ['of the protocol, in a name that gateways use', told({ sessionId: 'x', threadId: 'y' }, {}, 'claude')],
  ])('from no request %s', (_, request) => {
    expect(conversationOf(request)).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['a number', 7],
    ['an object', { id: 'a' }],
    ['an array', ['a']],
    ['nothing', null],
    ['empty', ''],
    ['blank', '   '],
    ['too long', 'a'.repeat(257)],
    ['in several lines', 'a\nb'],
    ['with a null character', 'a\u0000b'],
    ['with half a character', 'a\ud83d'],
  ])('and one that is %s counts as none', (_, value) => {
    expect(conversationOf(told({ 'openai/session': value }))).toBeUndefined();
    const next = { 'openai/session': value, 'vscode.conversationId': 'good' };
    expect(conversationOf(told(next))?.id).toBe('good');
  });

  test.each<[string, Record<string, unknown>]>([
    ['JSON that is none', { 'x-codex-turn-metadata': '{"session_id":' }],
    ['JSON of no object', { 'x-codex-turn-metadata': '["session_id"]' }],
    ['JSON without end', { 'x-codex-turn-metadata': `{"session_id":"a","x":"${'x'.repeat(20_000)}"}` }],
    ['a member of a prototype', { [HANDLE]: { propose: Object.create({ conversationId: 'a' }) } }],
    ['baggage that encodes nothing', { baggage: 'gen_ai.conversation.id=%E0%A4%A' }],
    ['baggage without end', { baggage: `x=${'x'.repeat(9_000)},session.id=a` }],
    ['baggage of commas', { baggage: `${','.repeat(8_000)}session.id=a` }],
    ['baggage that is no text', { baggage: ['session.id=a'] }],
  ])('and %s is passed over', (_, meta) => {
    expect(conversationOf(told(meta))).toBeUndefined();
  });
});
