import { describe, expect, test } from '@jest/globals';
import { runCli } from '../cli/support.ts';
import { otlpLine, partLine, requestSpan, withRecording } from './support.ts';
import { viewsOf } from './views.ts';

const FIRST = '3f2a9c1b-0000-8000-8000-000000000001';
const OTHER = '7d8c3f52-0000-8000-8000-000000000002';
const FILES = {
  'a.traces.jsonl': partLine(OTHER, { from: 2, tool: 'pay' }),
  'b.traces.jsonl': partLine(FIRST, { from: 0, tool: 'get_weather' }),
};
const GUESS = 'A guess: no session id came with the requests, so those of one caller were joined.';
const JOINED = 'Joined from 2 parts, by a keyed hash of the caller, as far as they overlap or follow soon.';

describe('a session that two processes recorded under ids of their own', () => {
  test('is the same row in every view, whichever id it is asked for by', async () => {
    const views = await viewsOf(FILES, OTHER);
    const json = { id: FIRST, otherIds: [OTHER], parts: 2, processes: 2, calls: 2, source: 'inferred' };
    expect(views.listed).toBe(undefined);
    expect(views.row).toMatchObject(json);
    expect(views.session.json).toMatchObject({
      session: { ...json, tools: ['get_weather', 'pay'], caveats: [GUESS, JOINED] },
      total: 4,
    });
    expect(views.session.text).toContain('2 parts of 2 processes');
    expect(views.markdown).toContain(`| Ids of other parts | \`${OTHER}\` |`);
    expect(views.markdown).toContain(`| Not certain | ${JOINED} |`);
  });

  test('is one row of the sessions command', async () => {
    await withRecording(FILES, async (dir) => {
      const { stdout } = await runCli(['sessions', dir, '--json']);
      expect(JSON.parse(stdout)).toMatchObject([{ id: FIRST, otherIds: [OTHER], parts: 2, calls: 2 }]);
      expect((await runCli(['sessions', dir])).stdout).toMatch(/^~3f2a9c1b .* inferred .* 2 {2,}0 /m);
    });
  });

  test.each([FIRST, OTHER, '~3f2a9c1b', '7d8c'])('is shown whole by --session %s', async (id) => {
    await withRecording(FILES, async (dir) => {
      const { stdout } = await runCli(['sessions', dir, '--session', id]);
      expect(stdout).toMatch(new RegExp(`^Session +${FIRST}$`, 'm'));
      expect(stdout).toMatch(new RegExp(`^Other ids +${OTHER}$`, 'm'));
      expect(stdout).toMatch(/^Note +Joined from 2 parts/m);
      expect(stdout.match(/session start|tools\/call/g)).toHaveLength(4);
    });
  });
});

test('a session without session spans says in every view what it cannot know', async () => {
  const attributes = { 'mcp.client.session.source': 'conversation', 'gen_ai.conversation.id': 'chat 1' };
  const { row, details, markdown, session } = await viewsOf({
    'a.traces.jsonl': [otlpLine([requestSpan(0, attributes)])],
  });
  const caveats = [
    "The conversation is the client's own word, which nobody has checked.",
    'Made of its requests alone: no session span tells when it began, or whether and how it ended.',
  ];
  expect(row).toMatchObject({ conversationId: 'chat 1', hasSessionSpans: false });
  expect(session.json.session).toMatchObject({ conversationId: 'chat 1', caveats });
  for (const caveat of caveats) {
    expect(details).toContain(caveat);
    expect(markdown).toContain(caveat);
    expect(session.text).toContain(caveat);
  }
  expect(details).toMatch(/^Conversation +chat 1$/m);
  expect(markdown).toContain('| Conversation | `chat 1` |');
});
