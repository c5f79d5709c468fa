import { afterEach, expect, test } from '@jest/globals';
import { closeRecordings, record } from '../support/recording.ts';
import { base64, Random } from '../support/redaction/random.ts';
import { connectV1, v1Server } from '../support/v1.ts';

afterEach(closeRecordings);

const r = new Random(42);
const pw = r.password();

// Each of these kinds passed: 42 of 100 secrets that were tried.
test.each<[kind: string, secret: string, text: string]>([
  ['a vendor’s prefix', `figd_${r.base64Url(40)}`, 'use SECRET'],
  ['a vendor’s shape of its own', `${r.alnum(14)}.atlasv1.${r.base64Url(67)}`, 'use SECRET'],
  ['a webhook URL', r.alnum(24), 'https://hooks.slack.com/services/T0/B0/SECRET'],
  ['a token in a path', r.hex(40), 'https://example.com/reset-password/SECRET'],
  ['npmrc', r.alnum(36), '//registry.example/:_authToken=SECRET'],
  ['a shared access key', `${r.base64(43)}=`, 'SharedAccessKeyName=Root;SharedAccessKey=SECRET'],
  ['a slash in a password', `${pw}/x`, 'postgres://app:SECRET@db.example:5432/app'],
  ['a hash in a password', `${pw}#x`, 'postgres://app:SECRET@db.example:5432/app'],
  ['a Go DSN', pw, 'app:SECRET@tcp(db:3306)/app'],
  ['-u user:password', pw, 'curl -u jane:SECRET https://example.com'],
  ['--password value', pw, 'tool --password SECRET --yes'],
  ['an XML element', pw, '<password>SECRET</password>'],
  ['an XML pair', pw, '<add key="ApiKey" value="SECRET"/>'],
  ['a phrase in YAML', 'open sesame twice', 'user: jane\npassword: SECRET\nport: 1'],
  ['a name and a value', pw, '{"name":"password","value":"SECRET"}'],
  ['a prefixed name', pw, 'ACME_DB_PASSWORD=SECRET'],
  ['*_KEY', r.alnum(32), 'WEATHER_KEY=SECRET'],
  ['a session id', r.alnum(32), 'PHPSESSID=SECRET'],
  ['a cookie', r.alnum(32), 'curl -b "auth_session=SECRET" https://example.com'],
  ['base64 of user:password', base64(`jane:${pw}`), 'sent SECRET'],
  ['a social security number', '536-22-8714', 'applicant SECRET'],
  ['a card with dots', '4111.1111.1111.1111', 'card SECRET'],
  ['a card in full-width digits', '４１１１１１１１１１１１１１１１', 'card SECRET'],
  ['German', pw, 'Das Passwort lautet SECRET'],
  ['Chinese', pw, '密码：SECRET'],
  ['JSON in a string', pw, '{\\"db_password\\":\\"SECRET\\"}'],
  ['escapes of Unicode', pw, '\\u0022db_password\\u0022:\\u0022SECRET\\u0022'],
])('%s is not recorded, as an argument or in an error', async (_kind, secret, text) => {
  const { telemetry, one } = record({ enableArgumentCollection: true });
  const server = v1Server();
  const carrier = text.replace('SECRET', () => secret);
  server.registerTool('break', {}, async () => {
    throw new Error(carrier);
  });
  telemetry.instrument(server);
  const { client } = await connectV1(server);
  await client.callTool({ name: 'echo', arguments: { text: carrier } });
  await client.callTool({ name: 'break' });
  for (const name of ['tools/call echo', 'tools/call break']) {
    const { attributes, events, status } = one(name);
    const recorded = JSON.stringify([attributes, events, status]);
    expect(recorded).not.toContain(secret);
    expect(recorded).not.toContain(JSON.stringify(secret).slice(1, -1));
    expect(recorded).toContain('REDACTED');
  }
});
