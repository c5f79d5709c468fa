import { createHash } from 'node:crypto';
import { type Check, some } from '../../../tools/support/checks.ts';
import type { ReceivedSpan } from '../../../tools/support/otlp-sink.ts';
import type { Expected } from './rows.ts';

/** What can be told from the spans alone. */
export function judgeSpans(spans: readonly ReceivedSpan[], expected: readonly Expected[]): Check[] {
  const requests = spans.filter(({ attributes }) => attributes['jsonrpc.request.id'] !== undefined);
  return [judgeAddresses(requests, expected), judgeConversations(requests, expected)];
}

/** Calls are of the address that the proxy saw, whatever the client claims. */
function judgeAddresses(requests: readonly ReceivedSpan[], expected: readonly Expected[]): Check {
  const addresses = new Map(
    expected.flatMap(({ sent }) => sent.map(({ label, caller }) => [label, caller.address])),
  );
  const wrong = requests.flatMap((span) => {
    const label = labelOf(span);
    const address = span.attributes['client.address'];
    return label === undefined || addresses.get(label) === address ? [] : [`${address} for ${label}`];
  });
  return {
    ok: wrong.length === 0,
    name: 'spans have the address that the proxy saw',
    found: wrong.length === 0 ? `${requests.length} requests` : `${wrong.length}: ${some(wrong)}`,
  };
}

/** Spans say which conversation they are of, by the id that the client gave, and the protocol's id beside it. */
function judgeConversations(requests: readonly ReceivedSpan[], expected: readonly Expected[]): Check {
  const ids = new Map(
    expected.flatMap(({ sent }) => sent.map(({ label, conversation }) => [label, conversation])),
  );
  const wrong = requests.flatMap((span) => {
    const label = labelOf(span);
    const id = span.attributes['gen_ai.conversation.id'];
    return label === undefined || ids.get(label) === id ? [] : [`${id} for ${label}`];
  });
  return {
    ok: wrong.length === 0,
    name: 'spans of calls have the conversation id that the client sent',
    found: wrong.length === 0 ? `${requests.length} requests` : `${wrong.length}: ${some(wrong)}`,
  };
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

function labelOf({ attributes }: ReceivedSpan): string | undefined {
  const text = attributes['gen_ai.tool.call.arguments'];
  return typeof text === 'string' ? String(JSON.parse(text).label) : undefined;
}
