import { describe, expect, test } from '@jest/globals';
import { parse } from 'jsonc-parser';
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import { SAMPLES } from './configurations.ts';
import { commands, LAUNCHER, reasons, unwrap, wrap, wrapped } from './support.ts';

/** What a client reads in the file. */
function meaningOf(text: string, file: string): unknown {
  const plain = text.replace(/^\ufeff/, '');
  if (file.endsWith('.toml')) return getStaticTOMLValue(parseTOML(plain, { tomlVersion: 'next' }));
  return parse(plain, [], { allowTrailingComma: true });
}

/** The same, with every command that has been wrapped as its words, and as it was before. */
function withoutUs(value: any): any {
  if (Array.isArray(value)) return value.map(withoutUs);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const { command, args = [], ...rest } = value;
  const words = [command, ...(Array.isArray(args) ? args : [args])];
  const start = wrapped().length;
  const isWrapped = JSON.stringify(words.slice(0, start)) === JSON.stringify(wrapped());
  const others = Object.fromEntries(Object.entries(rest).map(([name, each]) => [name, withoutUs(each)]));
  return command === undefined ? { ...others } : { ...others, words: isWrapped ? words.slice(start) : words };
}

/** Whether it is JSON without comments, which is all that some clients take. */
function isStrict(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('there are forty configurations', () => {
  expect(SAMPLES.length).toBeGreaterThanOrEqual(40);
});

describe.each(SAMPLES)('$title:', ({ file, text, wraps, leaves }) => {
  const plan = wrap(text, file);

  test('each stdio server is wrapped, and of the others it is said why they are not', () => {
    expect(plan.servers.filter(({ outcome }) => 'edits' in outcome)).toHaveLength(wraps);
    expect(plan.servers.filter(({ outcome }) => 'left' in outcome)).toHaveLength(leaves);
    expect(plan.text === text).toBe(wraps === 0);
  });

  test('a client reads the same commands behind ours, and all else as it was', () => {
    expect(withoutUs(meaningOf(plan.text, file))).toEqual(withoutUs(meaningOf(text, file)));
    if (isStrict(text)) expect(isStrict(plan.text)).toBe(true);
    if (wraps > 0) expect(meaningOf(plan.text, file)).not.toEqual(meaningOf(text, file));
  });

  test('unwrapped again it is the same to the byte', () => {
    const again = unwrap(plan.text, file);
    expect(again.text).toBe(text);
    expect(Object.keys(commands(again))).toEqual(Object.keys(commands(plan)));
  });

  test('what is wrapped is not wrapped twice, and what is not is not unwrapped', () => {
    expect(wrap(plan.text, file).text).toBe(plan.text);
    const bare = unwrap(text, file);
    expect({ text: bare.text, servers: bare.servers }).toEqual({ text, servers: [] });
  });
});

describe('wrap writes', () => {
  const server = (text: string): string => `{"mcpServers": {"a": ${text}}}`;

  test('the moved command verbatim, and the text of the arguments behind it', () => {
    const text = server(String.raw`{"command": "\u0075vx", "args": [ "a", "b" ]}`);
    expect(wrap(text).text).toBe(
      server(
        String.raw`{"command": "npx", "args": ["-y", "mcp-sessionscope@0.1", "run", "--", "\u0075vx",  "a", "b" ]}`,
      ),
    );
  });

  test('no space at the end of a line', () => {
    const text =
      '{\n  "mcpServers": {\n    "a": {\n      "command": "x",\n      "args": [\n        "b"\n      ]\n    }\n  }\n}\n';
    expect(wrap(text).text).toContain('"run", "--", "x",\n        "b"\n');
  });

  test('a list where there was none on a line of its own, if its neighbours have one', () => {
    const text = '{"mcpServers": {"a": {\r\n\t"command":"x"\r\n}}}';
    expect(wrap(text).text).toBe(
      '{"mcpServers": {"a": {\r\n\t"command":"npx",\r\n\t"args":["-y", "mcp-sessionscope@0.1", "run", "--", "x"]\r\n}}}',
    );
    expect(wrap('[mcp_servers.a]\n  command = "x" # why\n', 'config.toml').text).toBe(
      '[mcp_servers.a]\n  command = "npx"\n  args = ["-y", "mcp-sessionscope@0.1", "run", "--", "x"] # why\n',
    );
  });
});

describe('unwrap', () => {
  const TEXT = `{
  "mcpServers": {
    "absent": { "command": "x" },
    "empty": { "command": "x", "args": [] },
    "full": { "command": "x", "args": ["1", "2"] }
  }
}
`;

  test('finds the commands in a file that its client has laid out anew, and makes it say what it said', () => {
    for (const indent of [undefined, 1, 2, '\t']) {
      const anew = JSON.stringify(JSON.parse(wrap(TEXT).text), undefined, indent);
      expect(JSON.parse(unwrap(anew).text).mcpServers).toEqual({
        absent: { command: 'x', args: [] },
        empty: { command: 'x', args: [] },
        full: { command: 'x', args: ['1', '2'] },
      });
    }
  });

  test('leaves what the user has changed meanwhile as the user has it', () => {
    const changed = wrap(TEXT)
      .text.replace('"x", "1"', '"x", "0", "1"')
      .replace('"x"] }', '"x", "more"] }')
      .replace('{\n  "mcp', '{\n  // mine\n  "mcp')
      .replace('\n  }\n}', ',\n    "new": { "command": "y", "args": [] }\n  }\n}');
    expect(unwrap(changed).text).toBe(
      TEXT.replace('["1"', '["0", "1"')
        .replace('"command": "x" }', '"command": "x", "args": ["more"] }')
        .replace('{\n  "mcp', '{\n  // mine\n  "mcp')
        .replace('\n  }\n}', ',\n    "new": { "command": "y", "args": [] }\n  }\n}'),
    );
  });

  test('takes another version, other options and another way to start this package away too', () => {
    const text = `{"mcpServers": {
"a": {"command": "npx", "args": ["-y", "mcp-sessionscope@1.2.3", "run", "--name", "x", "--", "uvx", "a"]},
"b": {"command": "/opt/bin/mcp-sessionscope", "args": ["run", "--", "uvx"]},
"c": {"command": "cmd", "args": ["/c", "npx", "-y", "mcp-sessionscope@0.1", "run", "--", "uvx", "a"]},
"d": {"command": "node", "args": ["C:\\\\lib\\\\mcp-sessionscope\\\\dist\\\\cli.js", "run", "--", "uvx"]}
}}`;
    expect(reasons(wrap(text))).toEqual(
      Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, 'it is wrapped already'])),
    );
    expect(commands(unwrap(text))).toEqual({ a: ['uvx', 'a'], b: ['uvx'], c: ['uvx', 'a'], d: ['uvx'] });
  });

  test('leaves a server of which it cannot know what it was', () => {
    const text = `{"mcpServers": {
"a": {"command": "mcp-sessionscope", "args": ["run", "uvx", "a"]},
"b": {"command": "npx", "args": ["-y", /* new */ "mcp-sessionscope", "run", "--", "uvx"]}
}}`;
    const plan = unwrap(text);
    expect(plan.text).toBe(text);
    expect(reasons(plan)).toEqual({
      a: expect.stringContaining('-- is missing'),
      b: expect.stringContaining('comment'),
    });
  });
});

describe('an address of proxy', () => {
  const TEXT = String.raw`{"servers": {"a": {"url": "https:\/\/example.com/mcp?key=\u0031#part", "headers": {}}, "b": {"url": "x"}}}`;
  const proxies = new Map([['a', 'http://127.0.0.1:4320/mcp']]);

  test('stands before the URL, which is never sent, and goes away to the byte', () => {
    const plan = wrap(TEXT, 'mcp.json', { proxies });
    const { url } = JSON.parse(plan.text).servers.a;
    expect(`${new URL(url).origin}${new URL(url).pathname}${new URL(url).search}`).toBe(
      'http://127.0.0.1:4320/mcp',
    );
    expect(wrap(plan.text, 'mcp.json', { proxies }).text).toBe(plan.text);
    expect(unwrap(plan.text).text).toBe(TEXT);
    expect(commands(unwrap(plan.text))).toEqual({ a: ['https://example.com/mcp?key=1#part'] });
  });

  test('works in TOML, but for a text of several lines', () => {
    const text =
      '[mcp_servers.a]\nurl = \'https://example.com/mcp\'\n[mcp_servers.b]\nurl = """\nhttps://b"""\n';
    const plan = wrap(text, 'config.toml', {
      proxies: new Map([...proxies, ['b', 'http://127.0.0.1:4321/mcp']]),
    });
    expect(plan.text).toContain(
      "url = 'http://127.0.0.1:4320/mcp#mcp-sessionscope-for=https://example.com/mcp'",
    );
    expect(reasons(plan)).toEqual({ b: 'its URL is a text of several lines' });
    expect(unwrap(plan.text, 'config.toml').text).toBe(text);
  });
});

test('where cmd.exe reads the command, a server whose arguments it would act on is left', () => {
  const text =
    '{"mcpServers": {"a": {"command": "x", "args": ["https://a/?b=1&c=2"]}, "b": {"command": "x y/z", "args": []}}}';
  const launcher = ['cmd', '/c', ...LAUNCHER];
  const plan = wrap(text, 'mcp.json', { launcher });
  expect(reasons(plan)).toEqual({ a: expect.stringContaining('cmd.exe'), b: expect.any(String) });
});

test.each([
  ['mcp.json', '{"mcpServers": {"a": {"command": "x"}}'],
  ['mcp.json', '{"mcpServers": {"a": {"command": x}}}'],
  ['mcp.json', '{"a": 1} {"b": 2}'],
  ['mcp.json', '[]'],
  ['mcp.json', '{"mcpServers": {"a": {"command": "x", "args": [,]}}}'],
  ['config.toml', '[mcp_servers.a]\ncommand = x\n'],
  ['config.toml', '[mcp_servers.a]\ncommand = "x"\ncommand = "y"\n'],
  ['config.toml', '[mcp_servers.a\n'],
])('%s with %j is refused as a whole', (file, text) => {
  expect(() => wrap(text, file)).toThrow(expect.objectContaining({ name: 'NotUnderstoodError' }));
});

test.each(['', ' \n', '\ufeff', '// nothing yet\n', '{}'])(
  '%j has no servers, as clients make it at first',
  (text) => {
    expect(wrap(text)).toMatchObject({ text, names: [], servers: [] });
  },
);

test('a file that is nested too deeply is refused', () => {
  const deep = `{"mcpServers": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  expect(() => wrap(deep)).toThrow('it is nested too deeply');
  expect(() => wrap(`a = ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`, 'config.toml')).toThrow(
    'it is nested too deeply',
  );
});
