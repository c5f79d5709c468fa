import { Random, type SecretSample } from './random.ts';

const r = new Random(161_803);

/** Passwords as people write them, in examples and elsewhere. */
const WORDS =
  'hunter2 s3cr3t letmein correct-horse P@ssw0rd! Summer2024! qwerty123 swordfish tr0ub4dor&3 abc123def'.split(
    ' ',
  );

/** The ways in which a text or a value gives a password a name. */
const PASSWORD_FORMS: readonly (readonly [kind: string, write: (secret: string) => unknown])[] = [
  ['assigned', (s) => `password=${s}`],
  ['a line', (s) => `password: ${s}`],
  ['a member', (s) => ({ password: s })],
  ['a member in text', (s) => `{"password": "${s}"}`],
  ['a variable', (s) => `DB_PASSWORD=${s}`],
  ['an option', (s) => `tool --password ${s}`],
  ['an option, assigned', (s) => `tool --password=${s}`],
  ['curl', (s) => `curl -u admin:${s} https://x.y`],
  ['an element', (s) => `<password>${s}</password>`],
  ['a pair in text', (s) => `{"name":"password","value":"${s}"}`],
  ['a pair', (s) => ({ key: 'password', value: s })],
  ['a URL', (s) => `postgres://u:${s}@h/db`],
  ['mysql', (s) => `mysql -uroot -p${s}`],
  ['a sentence', (s) => `The password is ${s}`],
  ['German', (s) => `Passwort: ${s}`],
  ['Spanish', (s) => `contraseña: ${s}`],
  ['French', (s) => `mot de passe: ${s}`],
  ['Chinese', (s) => `密码: ${s}`],
  ['Japanese', (s) => `パスワード：${s}`],
  ['escaped', (s) => `{\\"password\\":\\"${s}\\"}`],
  ['Go', (s) => `user:${s}@tcp(127.0.0.1:3306)/db`],
  ['YAML pair', (s) => `- name: password\n  value: ${s}`],
  ['XML entry', (s) => `<entry key="password">${s}</entry>`],
  ['quoted', (s) => `password = '${s}'`],
  ['command variable', (s) => `PGPASSWORD='${s}' psql`],
  ['environment', (s) => ({ env: { MY_PASSWORD: s } })],
];

/** The same for a token. */
const TOKEN_FORMS: readonly ((secret: string) => unknown)[] = [
  (s) => ({ 'x-session-token': s }),
  (s) => `{"cookie":"a=${s}"}`,
  (s) => `SECRET_KEY_BASE=${s}`,
  (s) => `APP_KEY=base64:${s}=`,
  (s) => `MAPS_KEY=${s}`,
  (s) => ({ mapsKey: s }),
  (s) => `Ocp-Apim-Subscription-Key: ${s}`,
  (s) => `Authorization: ApiKey ${s}`,
  (s) => `authorization=Token ${s}`,
  (s) => ({ headers: { authorization: `Token ${s}` } }),
  (s) => `https://example.com/webhooks/incoming/${s}`,
  (s) => `https://example.com/unsubscribe/${s}`,
  (s) => `https://x-access-token:${s}@github.com/a/b`,
  (s) => `Endpoint=https://x.azconfig.io;Id=abc;Secret=${s}`,
  (s) => `helm install x --set auth.password=${s}`,
  (s) => `aws configure set aws_secret_access_key ${s}`,
  (s) => `npm config set //r/:_authToken ${s}`,
  (s) => `kubectl --token ${s} get pods`,
  (s) => `<add name="Conn" connectionString="Server=.;Password=${s}"/>`,
  (s) => `<setting name="ApiKey" serializeAs="String"><value>${s}</value></setting>`,
  (s) => `<apiKey><![CDATA[${s}]]></apiKey>`,
  (s) => `api_key:\n  ${s}\n`,
  (s) => `secrets:\n  - ${s}\n`,
  (s) => `{token: ${s}}`,
  (s) => `api_key\t${s}`,
  (s) => `"api_key","${s}"`,
  (s) => ({ rows: [['api_key', s]] }),
  (s) => ({ field: 'apiKey', content: s }),
  (s) => [{ header: 'Authorization', value: s }],
  (s) => JSON.stringify(JSON.stringify({ apiKey: s })),
  (s) => `token\\u003d${s}`,
  (s) => `&apos;secret&apos;: &apos;${s}&apos;`,
  (s) => `ＴＯＫＥＮ＝${s}`,
];

/** Every password in every form, and a token in many more. */
export const SECRET_FORMS: readonly SecretSample[] = [
  ...PASSWORD_FORMS.flatMap(([kind, write]) => WORDS.map((word): SecretSample => [kind, word, write(word)])),
  ...TOKEN_FORMS.map((write): SecretSample => {
    const token = r.alnum(32);
    return ['a token', token, write(token)];
  }),
];
