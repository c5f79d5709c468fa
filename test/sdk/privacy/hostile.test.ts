import { describe, expect, it } from '@jest/globals';
import { createCapture } from '../../../src/sdk/privacy/capture.ts';
import { redactText } from '../../../src/sdk/privacy/redact.ts';

const capture = createCapture({ sanitize: true, maxLength: 500 });
const fail = (): never => {
  throw new Error('hostile');
};

describe('a hostile value', () => {
  it('that contains itself shows where', () => {
    const cycle: Record<string, unknown> = { a: 1 };
    cycle['self'] = cycle;
    cycle['list'] = [cycle];
    cycle['map'] = new Map([['x', cycle]]);
    expect(capture.json(cycle)).toBe(
      '{"a":1,"self":"[Circular]","list":["[Circular]"],"map":{"x":"[Circular]"}}',
    );
  });

  it('that is shared, but no cycle, shows every time', () => {
    const shared = { a: 1 };
    expect(capture.json([shared, shared, { shared }])).toBe('[{"a":1},{"a":1},{"shared":{"a":1}}]');
  });

  it('whose toJSON gives its owner is a cycle', () => {
    const owner: Record<string, unknown> = {};
    owner['child'] = { toJSON: () => owner };
    expect(capture.json(owner)).toBe('{"child":"[Circular]"}');
    const wrapper = { toJSON: () => ({ wrapper }) };
    expect(capture.json(wrapper)).toBe('{"wrapper":"[Circular]"}');
  });

  it.each([
    ['a getter', Object.defineProperty({}, 'x', { get: fail, enumerable: true }), '{"x":"[Unreadable]"}'],
    ['a toJSON', { toJSON: fail }, '"[Unreadable]"'],
    ['a getter for toJSON', Object.defineProperty({}, 'toJSON', { get: fail }), '"[Unreadable]"'],
    ['a toStringTag', Object.defineProperty({}, Symbol.toStringTag, { get: fail }), '"[Unreadable]"'],
    ['a Proxy that refuses its keys', new Proxy({}, { ownKeys: fail }), '"[Unreadable]"'],
    ['a Proxy that refuses to be read', new Proxy({ a: 1 }, { get: fail }), '"[Unreadable]"'],
    [
      'a list whose items throw',
      new Proxy([1], { get: (_, key) => (key === '0' ? fail() : key === 'length' ? 1 : undefined) }),
      '["[Unreadable]"]',
    ],
    ['a Proxy that refuses everything', new Proxy({}, new Proxy({}, { get: fail })), '"[Unreadable]"'],
    [
      'an error without a message',
      Object.defineProperty(new Error('x'), 'message', { get: fail }),
      '{"name":"Error","message":"[Unreadable]"}',
    ],
    [
      'content without a type',
      Object.defineProperty({ data: 'x' }, 'type', { get: fail }),
      '{"data":"[Unreadable]"}',
    ],
    ['a false Map', { [Symbol.toStringTag]: 'Map', a: 1 }, '{"a":1}'],
    ['a false Set', { [Symbol.toStringTag]: 'Set', a: 1 }, '{"a":1}'],
    ['a false String', { [Symbol.toStringTag]: 'String', a: 1 }, '{"a":1}'],
    ['false bytes', { [Symbol.toStringTag]: 'ArrayBuffer', byteLength: 'secret' }, '"[binary, 0 bytes]"'],
  ])('is survived: %s', (_name, value, json) => {
    expect(capture.json(value)).toBe(json);
    expect(capture.json([value, 1])).toBe(`[${json},1]`);
  });

  it('is survived: a revoked Proxy', () => {
    for (const target of [{}, []]) {
      const { proxy, revoke } = Proxy.revocable(target, {});
      revoke();
      expect(capture.json({ proxy })).toBe('{"proxy":"[Unreadable]"}');
    }
  });

  it('runs no code for what is not shown', () => {
    let reads = 0;
    const count = { get: () => ++reads, enumerable: true };
    expect(capture.json(Object.defineProperties({}, { password: count, x: count }))).toBe(
      '{"password":"[REDACTED]","x":1}',
    );
    expect(reads).toBe(1);
    const many = Array.from({ length: 100_000 }, () => Object.defineProperty({}, 'x', count));
    capture.json(many);
    expect(reads).toBeLessThan(200);
  });

  it('does not make the walk longer than its text: depth, length, and members that show nothing', () => {
    let deep: unknown[] = [];
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    let deepObject: object = {};
    for (let depth = 0; depth < 100_000; depth++) deepObject = { a: deepObject };
    let visits = 0;
    const count = () => void visits++;
    const endless = new Proxy([], { get: (_, key) => (key === 'length' ? 2 ** 53 : count()) });
    const chain = { toJSON: (): unknown => ({ next: { ...chain } }) };
    const omitted = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, index) => [`key${index}`, undefined]),
    );
    for (const value of [
      deep,
      deepObject,
      endless,
      new Array(4_000_000_000),
      chain,
      'x'.repeat(50_000_000),
    ]) {
      const json = capture.json(value);
      expect(json).toHaveLength(500);
      expect(json).toMatch(/…$/);
    }
    expect(visits).toBeLessThan(1000);
    expect(capture.json(omitted)).toBe('{…');
  });
});

function millisecondsOf(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** How many linear passes over the text a run takes: the best of some tries, since others use the machine too. */
function passesOf(run: () => unknown, text: string, enough: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 5 && best >= enough; tries++) {
    const linear = Math.max(...[1, 2, 3].map(() => millisecondsOf(() => linearPass(text))));
    best = Math.min(best, millisecondsOf(run) / linear);
  }
  return best;
}

/** What any rule costs at least: one look at each code unit. */
function linearPass(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (sum + text.charCodeAt(at)) | 0;
  return sum;
}

describe('a hostile text of a mebi of code units', () => {
  const size = 1_048_576;
  const fill = (seed: string) => seed.repeat(Math.ceil(size / seed.length)).slice(0, size);
  const seeds = [
    ...['a', 'é', '😀', ' ', '\n', '\0', '-', '%', '\\', '"', "'", '\\"', 'a.', 'a-', '"a', 'a b '],
    ...['a@', 'a@b.', 'a@a.a@', 'a%40', '@', '1', '4', '1.', '4111 ', '4111-1111-', '4111111111111111 '],
    ...[
      'eyJ',
      'eyJ.',
      'eyJ.eyJ.',
      'eyJhbGciOiJIUzI1NiJ9.',
      'eyJ-',
      'Bearer ',
      'Bearer a',
      'Basic ',
      'Basic a1',
    ],
    ...['sk-', 'ghp_', 'github_pat_', 'xoxb-', 'AKIA', 'SG.a', 'SG.aaaaaaaaaaaaaaaaaaaa.', '12345678:AA'],
    ...[
      'DE89',
      'DE89 ',
      'de89',
      '://',
      'a://b',
      '://a:',
      'a://b@',
      '-----BEGIN ',
      '-----BEGIN PRIVATE KEY-----',
    ],
    ...['"password":', '"password":"', '"password":"\\', '"auth":{', '"auth":[', 'password=', 'password=a '],
    ...[
      'A_KEY=',
      'a://b@',
      'a:b@c.d',
      'a:b@tcp(',
      'u/p@//',
      'name: token\n',
      'name="password" ',
      '"kty"',
      '"d":"',
    ],
    ...['{"value":"x","name":"password"},', '"auth":{"type":"string",', 'secret: |\n a\n', 'secret:\n  - ab'],
    ...[
      '<password>',
      '<a b>',
      '| password | x |\n',
      '-u a:',
      '--password ',
      'mysql -p',
      'api_key ',
      '$2b$10$',
    ],
    ...['密码: a ', 'ｐ', '\\u0022', '&quot;', '%22', '/token/', 'https://hooks.slack.com/services/a ', 'A1'],
    ...['dXNlcjpwYXNzd29yZA== ', 'QUJD', 'password is ', 'seed phrase: ', 'abandon ', 'Private-Lines: 1\n'],
    ...['token:', '\ntoken: a b', '?token=', 'data:', 'data:a/b;a=b', 'data:image/png;base64,', ';base64,'],
  ];

  it.each(seeds)('takes no longer than its length allows, uncut: %j', (seed) => {
    const text = fill(seed);
    // All rules together cost 10 to 300 passes; one that is quadratic costs 100,000.
    expect(passesOf(() => redactText(text), text, 1_000)).toBeLessThan(1_000);
  });

  it('takes as long as a short one, cut', () => {
    const { text, json } = createCapture({ sanitize: true, maxLength: 4096 });
    for (const seed of seeds) {
      const long = fill(seed);
      const captureAll = () => [text(long), json({ long }), json(new Array(3).fill(long))];
      expect(passesOf(captureAll, long, 20)).toBeLessThan(20);
    }
  });
});
