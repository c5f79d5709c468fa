import { createHash } from 'node:crypto';
import { type Check, some } from '../../../tools/support/checks.ts';
import type { ReceivedSpan } from '../../../tools/support/otlp-sink.ts';
import type { Sent } from './play/ledger.ts';
import type { Expected } from './rows.ts';

/** What the span of every call must say, by the attribute. */
const SAID = {
  'client.address': {
    name: 'spans of calls have the address that the proxy saw',
    of: ({ caller }: Sent) => caller.address,
  },
  'gen_ai.conversation.id': {
    name: 'spans of calls have the conversation id that the client sent',
    of: ({ conversation }: Sent) => conversation,
  },
} as const;

/** What can be told from the spans alone. */
export function judgeSpans(spans: readonly ReceivedSpan[], expected: readonly Expected[]): Check[] {
  const byLabel = new Map(expected.flatMap(({ sent }) => sent.map((each) => [each.label, each])));
  const calls = spans.flatMap(({ attributes }) => {
    const captured = attributes['gen_ai.tool.call.arguments'];
    const sent = byLabel.get(typeof captured === 'string' ? JSON.parse(captured).label : undefined);
    return sent?.label === undefined ? [] : [{ attributes, sent }];
  });
  return Object.entries(SAID).map(([attribute, { name, of }]) => {
    const wrong = calls.flatMap(({ attributes, sent }) => {
      const found = attributes[attribute];
      return found === of(sent) ? [] : [`${found} for ${sent.label}, not ${of(sent)}`];
    });
    return {
      ok: wrong.length === 0 && calls.length > 0,
      name,
      found: wrong.length === 0 ? `${calls.length} calls` : `${wrong.length}: ${some(wrong)}`,
    };
  });
}

/** Nothing of who calls can be read, or found by trying what can be guessed. */
export function judgeSecrets(bodies: readonly string[], expected: readonly Expected[]): Check {
  const callers = expected.flatMap(({ sent }) => sent.map(({ caller }) => caller));
  const principals = [...new Set(callers.flatMap(({ principal = [] }) => principal))];
  const guesses = [...principals, ...new Set(callers.map(({ address }) => address))];
  const digests = guesses.flatMap((text) =>
    (['sha1', 'sha256', 'md5'] as const).flatMap((algorithm) => {
      const digest = createHash(algorithm).update(text).digest();
      return [digest.toString('hex'), digest.toString('base64'), digest.toString('base64url')];
    }),
  );
  const all = bodies.join('\n');
  const found = [...principals, 'subject.user', ...digests].filter((text) => all.includes(text));
  return {
    ok: found.length === 0 && all !== '',
    name: 'nothing sent has a token, a subject, or a plain hash of these or of an address',
    found: found.length === 0 ? `${guesses.length} looked for` : some(found),
  };
}
