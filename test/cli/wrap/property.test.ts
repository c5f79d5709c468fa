import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commands, unwrap, wrap } from './support.ts';

type Text = fc.Arbitrary<string>;

/** Texts one after the other. */
const seq = (...parts: Text[]): Text => fc.tuple(...parts).map((each) => each.join(''));
const text = (value: string): Text => fc.constant(value);

/** A word as people write it, or anything. */
const WORD = fc.oneof(
  fc.constantFrom(
    'npx',
    'uvx',
    '-y',
    '/opt/My Tools/x',
    'C:\\Program Files\\x.exe',
    '',
    '--',
    'run',
    '#',
    '//',
    '"',
    "'",
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

/** Between two signs of JSON there can be anything of this, in any order. */
const GAP: Text = fc
  .array(fc.constantFrom(' ', '\n', '\r\n', '\t', '  ', '/* c, ] } " */', '// c ] } "\n', '//\r\n'), {
    maxLength: 3,
  })
  .map((parts) => parts.join(''));

/** A text of JSON: each character as it is, or as an escape. */
const jsonText = (value: fc.Arbitrary<string>): Text =>
  fc.tuple(value, fc.infiniteStream(fc.nat(9))).map(([word, dice]) => {
    const chars = word.split('').map((char) => {
      if (dice.next().value === 0) return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
      if (char === '/' && dice.next().value! < 3) return '\\/';
      return JSON.stringify(char).slice(1, -1);
    });
    return `"${chars.join('')}"`;
  });

const list = (element: Text, gap: Text, comma: string): Text =>
  fc
    .tuple(fc.array(seq(gap, element, gap), { maxLength: 4 }), gap, fc.boolean())
    .map(([elements, end, trails]) =>
      elements.length === 0 ? end : `${elements.join(comma)}${trails ? `${comma}${end}` : ''}`,
    );

const jsonMember = (name: string, value: Text): Text =>
  seq(GAP, jsonText(text(name)), GAP, text(':'), GAP, value, GAP);

/** Some of the members, in any order. */
const someOf = (members: readonly Text[]): fc.Arbitrary<string[]> =>
  fc.shuffledSubarray([...members], { minLength: 1 }).chain((chosen) => fc.tuple(...chosen));

const objectOf = (members: fc.Arbitrary<string[]>): Text =>
  fc
    .tuple(members, GAP, fc.boolean())
    .map(([each, end, trails]) => `{${each.join(',')}${trails ? ',' : ''}${end}}`);

const STRINGS = list(jsonText(WORD), GAP, ',');

const JSON_MEMBERS: Readonly<Record<string, Text>> = {
  command: jsonMember('command', jsonText(WORD)),
  args: jsonMember(
    'args',
    STRINGS.map((inner) => `[${inner}]`),
  ),
  env: jsonMember('env', objectOf(fc.tuple(jsonMember('SECRET', text('"before"'))))),
  disabled: jsonMember('disabled', text('true')),
  cwd: jsonMember('cwd', jsonText(WORD)),
  x: jsonMember('x', fc.constantFrom('null', '-1.5e3', '[{"command": "x"}]', '{"args": []}')),
  type: jsonMember('type', fc.constantFrom('"stdio"', '"http"', '1')),
  url: jsonMember('url', jsonText(fc.constantFrom('https://a/mcp', 'https://u:p@b/?c=d#e'))),
};

const membersOf = (...names: string[]): Text[] => names.map((name) => JSON_MEMBERS[name]!);

/** Most are of stdio; of the others some have a name twice. */
const JSON_SERVER: Text = fc.oneof(
  { weight: 2, arbitrary: objectOf(someOf(membersOf('command', 'args', 'env', 'disabled', 'cwd', 'x'))) },
  objectOf(someOf([...Object.values(JSON_MEMBERS), ...membersOf('command', 'args')])),
);

const NAME = fc.constantFrom('a', 'b', 'é', 'a b', '__proto__');

const JSON_FILE: Text = fc
  .tuple(
    fc.boolean(),
    GAP,
    fc.array(
      fc.tuple(NAME, JSON_SERVER).map(([name, server]) => `${JSON.stringify(name)}:${server}`),
      { maxLength: 3 },
    ),
    fc.constantFrom('mcpServers', 'servers', 'projects'),
    GAP,
  )
  .map(([isMarked, before, servers, container, after]) => {
    const inside = `{${servers.join(',')}}`;
    const body = container === 'projects' ? `{"/home": {"mcpServers": ${inside}}}` : inside;
    return `${isMarked ? '\ufeff' : ''}${before}{"first": 1, "${container}": ${body}}${after}`;
  });

/** Spaces within a line of TOML. */
const SPACE: Text = fc.constantFrom('', ' ', '\t', '  ');
/** Within a list of TOML lines can end, too. */
const TOML_GAP: Text = fc
  .array(fc.constantFrom(' ', '\n', '\r\n', '\t', '# c, ] "\n', '#\r\n'), { maxLength: 3 })
  .map((parts) => parts.join(''));
/** What the texts of TOML cannot hold: surrogates alone. */
const TOML_WORD = WORD.map((word) => word.replace(/\p{Surrogate}/gu, ''));
const TOML_TEXT: Text = fc.oneof(
  // JSON's escapes are TOML's, but for a slash; and TOML wants DEL escaped.
  TOML_WORD.map((word) => JSON.stringify(word).replaceAll('\u007f', '\\u007f')),
  fc.constantFrom("'uvx'", "''", '"""\nuvx"""', "'''a\nb'''", "'C:\\x'", '"\\u0075vx"', '"""a"b\\\n  c"""'),
);
const TOML_STRINGS = list(TOML_TEXT, TOML_GAP, ',').map((inner) => `[${inner}]`);
const LINE_END: Text = fc.constantFrom('\n', '\r\n', ' # c "\n', '\n\n', '\n  # [x]\r\n');

/** The lines of a server; TOML has no name twice. */
const tomlMembers = (prefix: string, end: Text): Text =>
  fc
    .shuffledSubarray([
      ['command', TOML_TEXT],
      ['args', TOML_STRINGS],
      ['"cwd"', text('"."')],
      ['enabled', text('false')],
      ['env', text('{ SECRET = "before" }')],
      ['url', fc.constantFrom("'https://a/mcp'", '"https://u:p@b/?c=d#e"')],
    ] as const)
    .chain((chosen) =>
      seq(
        ...chosen.map(([name, value]) =>
          seq(SPACE, text(`${prefix}${name}`), SPACE, text('='), SPACE, value, end),
        ),
      ),
    );

const TOML_SERVER = (name: string): Text =>
  fc.oneof(
    seq(text(`[mcp_servers.${name}]`), LINE_END, tomlMembers('', LINE_END)),
    seq(text(`[ mcp_servers . '${name}' ]`), LINE_END, tomlMembers('', LINE_END)),
    fc
      .shuffledSubarray([
        text('command="x"'),
        seq(text('args'), SPACE, text('='), SPACE, TOML_STRINGS),
        text(" cwd = '.' "),
      ])
      .chain((chosen) => fc.tuple(SPACE, ...chosen))
      .map(([space, ...members]) => `mcp_servers.${name} = {${space}${members.join(', ')}${space}}\n`),
  );

const TOML_FILE: Text = fc
  .tuple(
    fc.boolean(),
    tomlMembers('mcp_servers.first.', LINE_END),
    TOML_SERVER('a'),
    seq(text('[mcp_servers.b]\n'), tomlMembers('', LINE_END)),
    fc.constantFrom('', '[tui]\nx = 1', '[mcp_servers.b.tools]'),
  )
  .map(([isMarked, ...parts]) => `${isMarked ? '\ufeff' : ''}${parts.join('')}`);

/** A folder of any name that can be typed. */
const FOLDER = fc
  .string({ unit: 'binary', maxLength: 12 })
  .map((name) => `/${name.replace(/[\p{Surrogate}\p{Cc}]/gu, '')}`);

const RUNS = { numRuns: 1_000 };

describe.each([
  ['mcp.json', JSON_FILE],
  ['config.toml', TOML_FILE],
] as const)('%s:', (file, files) => {
  test('unwrapped after wrapping, any file is the same to the byte', () => {
    let wraps = 0;
    fc.assert(
      fc.property(files, (before) => {
        const plan = wrap(before, file);
        const after = unwrap(plan.text, file);
        expect(after.text).toBe(before);
        const words = Object.fromEntries(
          Object.entries(commands(plan)).map(([name, each]) => [name, each.slice(5)]),
        );
        expect(commands(after)).toEqual(words);
        wraps += Object.keys(words).length;
      }),
      RUNS,
    );
    expect(wraps).toBeGreaterThan(RUNS.numRuns / 4);
  });

  test('a folder goes in with `run --`, and goes away with it to the byte', () => {
    let wraps = 0;
    fc.assert(
      fc.property(files, FOLDER, (before, dir) => {
        const plan = wrap(before, file, { dir });
        for (const words of Object.values(commands(plan))) {
          expect(words.slice(3, 7)).toEqual(['run', '--dir', dir, '--']);
          wraps += 1;
        }
        expect(wrap(plan.text, file, { dir }).text).toBe(plan.text);
        expect(unwrap(plan.text, file).text).toBe(before);
      }),
      RUNS,
    );
    expect(wraps).toBeGreaterThan(RUNS.numRuns / 4);
  });

  test('wrapped twice it is as wrapped once, and unwrapping what is not wrapped changes nothing', () => {
    fc.assert(
      fc.property(files, (before) => {
        const once = wrap(before, file).text;
        expect(wrap(once, file).text).toBe(once);
        expect(unwrap(before, file).text).toBe(before);
      }),
      RUNS,
    );
  });

  test('what the user changes elsewhere meanwhile stays, and is all that differs', () => {
    const edit = (whole: string): string =>
      `${whole.replaceAll('"before"', '"changed, and longer"')}${file === 'mcp.json' ? '\n// new' : '\n# new'}`;
    fc.assert(
      fc.property(files, (before) => {
        expect(unwrap(edit(wrap(before, file).text), file).text).toBe(edit(before));
      }),
      RUNS,
    );
  });

  test('an address in place of any URL goes away to the byte', () => {
    const proxies = new Map(['a', 'b', 'first'].map((name) => [name, 'http://127.0.0.1:4320/mcp']));
    fc.assert(
      fc.property(files, (before) => {
        const once = wrap(before, file, { proxies }).text;
        expect(wrap(once, file, { proxies }).text).toBe(once);
        expect(unwrap(once, file).text).toBe(before);
      }),
      RUNS,
    );
  });
});
