import { describe, expect, it } from '@jest/globals';
import { redactText } from '../../../src/sdk/privacy/redact.ts';
import { JWT, SECRETS } from './samples.ts';

describe('by its shape, wherever it stands in a text', () => {
  it.each(SECRETS)('%s is replaced: %.40s', (kind, secret) => {
    expect(redactText(secret)).toBe(`[REDACTED:${kind}]`);
    expect(redactText(`see ${secret} here`)).toBe(`see [REDACTED:${kind}] here`);
    expect(redactText(`(${secret})`)).toBe(`([REDACTED:${kind}])`);
    expect(redactText(`{"note":"${secret}"}`)).toBe(`{"note":"[REDACTED:${kind}]"}`);
    expect(redactText(`a,${secret},b`)).toContain(`[REDACTED:${kind}]`);
  });

  it.each(SECRETS)('%s is replaced in text that was quoted once more: %.40s', (_kind, secret) => {
    expect(redactText(JSON.stringify(`line\n${secret}\n`))).not.toContain(secret);
    expect(redactText(JSON.stringify({ text: JSON.stringify({ text: secret }) }))).not.toContain(secret);
  });

  it('several are replaced one by one', () => {
    expect(redactText(`a@example.com, b@example.com and ${JWT}`)).toBe(
      '[REDACTED:email], [REDACTED:email] and [REDACTED:jwt]',
    );
  });

  it('a card number is found between other numbers', () => {
    expect(redactText('2 4111 1111 1111 1111 12/27 123')).toBe('2 [REDACTED:card] 12/27 123');
    expect(redactText('1,4111111111111111,x')).toBe('1,[REDACTED:card],x');
  });

  it('a private key without an end hides the rest of the text', () => {
    expect(redactText('key: -----BEGIN PRIVATE KEY-----\nabc\ndef')).toBe('key: [REDACTED:private-key]');
  });
});

describe('what only looks similar stays', () => {
  it.each([
    'Tool weather not found',
    'MCP error -32602: Invalid arguments for tool get_weather',
    'react@18.2.0 and @scope/package@1.2.3-beta.1',
    'root@localhost',
    'file:///home/jane/notes/2024-01-15.md',
    'https://example.com/@jane/posts?page=2&max_tokens=100#top',
    'http://[::1]:4318/v1/traces',
    '4111111111111112', // wrong check digit
    '14111111111111111', // a longer run of digits
    '41111111111111111111111',
    '1234567812345670', // no issuer
    '0.4111111111111111', // a fraction
    '1700000000000 1700000000000000',
    '4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1', // a list
    '2024-01-15 10:20:30.123456',
    '550e8400-e29b-41d4-a716-446655440000',
    'DE89370400440532013001', // wrong check digits
    'DE8937040044053201300', // wrong length
    'XX89370400440532013000', // no country
    'in 20 years be 10 people at 12 places',
    'task-management-system-overview',
    'npm_config_user_agent=npm',
    'hf_hub and sk-learn',
    'nextCursor eyJvZmZzZXQiOjEwfQ. The end', // base64 of JSON is no JWT
    '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----',
    '-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----',
    'Basic authentication failed, Bearer token is missing',
    'WWW-Authenticate: Bearer realm="mcp", error="invalid_token"',
    'the basic plan',
    'Invalid token: it has expired',
    "Unexpected token '}' in JSON at position 3",
    'password: must be at least 8 characters',
    'tokenizer=bpe author=jane monkey=1 maxTokens=5 keyboard=us',
    'if (token == null) return; const f = (token) => 1',
    '{"tokens":5,"author":"jane","token":null,"auth":false}',
    'auth://login',
    '',
  ])('%s', (text) => {
    expect(redactText(text)).toBe(text);
  });
});

describe('by the name that a text gives it', () => {
  it.each([
    // URLs
    ['https://jane:x@example.com/a', 'https://[REDACTED:credentials]@example.com/a'],
    ['postgres://app:p@ss:w@db.internal:5432/x', 'postgres://[REDACTED:credentials]@db.internal:5432/x'],
    ['https://tok@example.com', 'https://[REDACTED:credentials]@example.com'],
    ['https://e.com/?a=1&access_token=x.y#z', 'https://e.com/?a=1&access_token=[REDACTED]'],
    ['https://e.com/?api-key=x&b=2&sig=y%3D', 'https://e.com/?api-key=[REDACTED]&b=2&sig=[REDACTED]'],
    ['?next=https%3A%2F%2Fe.com%3Ftoken%3Dabc', '?next=https%3A%2F%2Fe.com%3Ftoken%3D[REDACTED]'],
    // JSON in a string
    ['{"password":"a \\" b","n":1}', '{"password":"[REDACTED]","n":1}'],
    ['{"password": "ends in \\\\","n":1}', '{"password": "[REDACTED]","n":1}'],
    ['{"pin":1234,"n":1}', '{"pin":"[REDACTED]","n":1}'],
    ['{"auth":{"x":["}",{}]},"n":1}', '{"auth":"[REDACTED]","n":1}'],
    ['{\\"api key\\":\\"x \\\\\\" y\\",\\"n\\":1}', '{\\"api key\\":\\"[REDACTED]\\",\\"n\\":1}'],
    ['"{\\"auth\\":[\\"]\\",2],\\"n\\":1}"', '"{\\"auth\\":\\"[REDACTED]\\",\\"n\\":1}"'],
    ['{"n":1,"secret":"cut he', '{"n":1,"secret":"[REDACTED]'],
    ['{"n":1,"secret":{"a":[1', '{"n":1,"secret":"[REDACTED]"'],
    // files, logs, command lines
    ['DB_HOST=h\nDB_PASSWORD=x\nN=1', 'DB_HOST=h\nDB_PASSWORD=[REDACTED]\nN=1'],
    ['password = "x y"', 'password = "[REDACTED]"'],
    ['Server=h;User=u;Password=x;N=1', 'Server=h;User=u;Password=[REDACTED];N=1'],
    ['run --token=x --max-tokens=5', 'run --token=[REDACTED] --max-tokens=5'],
    ['user: jane\npassword: x\nport: 1', 'user: jane\npassword: [REDACTED]\nport: 1'],
    ['a:\n  - secret: x\n  - b', 'a:\n  - secret: [REDACTED]\n  - b'],
    ['line\\npassword: x', 'line\\npassword: [REDACTED]'],
    ['line\\n  password: x', 'line\\n  password: [REDACTED]'],
    ['line\\npassword=x', 'line\\npassword=[REDACTED]'],
    ["{ user: 'jane', password: 'x y' }", "{ user: 'jane', password: '[REDACTED]' }"],
    ['Cookie: a=b; c=d\r\nHost: h', 'Cookie: [REDACTED]\r\nHost: h'],
    ['curl -H \'Authorization: Digest x="y"\' h', "curl -H 'Authorization: [REDACTED]' h"],
    ['authorization=Bearer abc', 'authorization=[REDACTED:bearer]'],
  ])('%s becomes %s', (text, redacted) => {
    expect(redactText(text)).toBe(redacted);
    expect(redactText(redacted)).toBe(redacted);
  });
});
