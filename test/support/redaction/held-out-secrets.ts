import { base64, Random, type SecretSample } from './random.ts';

const r = new Random(20_261_128);
const pw = () => r.password();

/** A token in a sentence, as an error message or a log line holds it. */
function token(kind: string, secret: string): SecretSample {
  return [kind, secret, `request failed with ${secret} (status 403)`];
}

/** The text that `write` makes around a secret. */
function within(kind: string, secret: string, write: (secret: string) => unknown): SecretSample {
  return [kind, secret, write(secret)];
}

const VENDORS: readonly SecretSample[] = [
  token('aws access key', `AKIA${r.upper(16)}`),
  token('aws session key', `ASIA${r.upper(16)}`),
  token('google api key', `AIza${r.base64Url(35)}`),
  token('google oauth secret', `GOCSPX-${r.base64Url(28)}`),
  token('google access token', `ya29.${r.base64Url(120)}`),
  token('github classic', `ghp_${r.alnum(36)}`),
  token('github app', `ghs_${r.alnum(36)}`),
  token('github fine-grained', `github_pat_${r.alnum(22)}_${r.alnum(59)}`),
  token('gitlab personal', `glpat-${r.base64Url(20)}`),
  token('gitlab runner', `glrt-${r.base64Url(20)}`),
  token('slack bot', `xoxb-${r.digits(12)}-${r.digits(12)}-${r.alnum(24)}`),
  token('slack app', `xapp-1-A${r.upper(10)}-${r.digits(13)}-${r.hex(64)}`),
  token('stripe live', `sk_live_${r.alnum(24)}`),
  token('stripe restricted', `rk_live_${r.alnum(24)}`),
  token('stripe webhook', `whsec_${r.alnum(32)}`),
  token('twilio key', `SK${r.hex(32)}`),
  token('sendgrid', `SG.${r.base64Url(22)}.${r.base64Url(43)}`),
  token('npm', `npm_${r.alnum(36)}`),
  token('pypi', `pypi-AgEIcHlwaS5vcmc${r.base64Url(100)}`),
  token('openai', `sk-proj-${r.base64Url(74)}T3BlbkFJ${r.base64Url(74)}`),
  token('anthropic', `sk-ant-api03-${r.base64Url(93)}AA`),
  token('hugging face', `hf_${r.from('abcdefghijklmnopqrstuvwxyzABCDEFGH', 34)}`),
  token('digitalocean', `dop_v1_${r.hex(64)}`),
  token('linear', `lin_api_${r.alnum(40)}`),
  token('notion', `ntn_${r.digits(11)}${r.alnum(35)}`),
  token('notion, older', `secret_${r.alnum(43)}`),
  token('figma', `figd_${r.base64Url(40)}`),
  token('shopify', `shpat_${r.hex(32)}`),
  token('square', `EAAA${r.base64Url(60)}`),
  token('square, older', `sq0atp-${r.base64Url(22)}`),
  token('databricks', `dapi${r.hex(32)}`),
  token('doppler', `dp.pt.${r.alnum(43)}`),
  token('vault', `hvs.${r.base64Url(95)}`),
  token('grafana service account', `glsa_${r.alnum(32)}_${r.hex(8)}`),
  token(
    'grafana cloud',
    `glc_${base64(`{"o":"${r.digits(6)}","n":"x","k":"${r.alnum(24)}","m":{"r":"eu"}}`)}`,
  ),
  token('sentry user', `sntryu_${r.hex(64)}`),
  token('telegram bot', `${r.digits(10)}:AA${r.base64Url(33)}`),
  token('discord bot', `MT${r.alnum(24)}.G${r.base64Url(5)}.${r.base64Url(38)}`),
  token('mailgun', `key-${r.hex(32)}`),
  token('mailchimp', `${r.hex(32)}-us12`),
  token('postman', `PMAK-${r.hex(24)}-${r.hex(34)}`),
  token('atlassian', `ATATT3xFfGF0${r.base64Url(180)}=${r.upper(8)}`),
  token('docker hub', `dckr_pat_${r.base64Url(27)}`),
  token('terraform cloud', `${r.alnum(14)}.atlasv1.${r.base64Url(67)}`),
  token('heroku', `HRKU-AA${r.base64Url(58)}`),
  token('new relic', `NRAK-${r.upper(27)}`),
  token('okta', `00${r.base64Url(40)}`),
  token('dropbox', `sl.B${r.base64Url(130)}`),
  token('airtable', `pat${r.alnum(14)}.${r.hex(64)}`),
  token('asana', `2/${r.digits(16)}/${r.digits(16)}:${r.hex(32)}`),
  token('supabase', `sbp_${r.hex(40)}`),
  token('planetscale', `pscale_tkn_${r.base64Url(43)}`),
  token('age', `AGE-SECRET-KEY-1${r.from('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`),
  token('perplexity', `pplx-${r.alnum(48)}`),
  token('replicate', `r8_${r.alnum(37)}`),
  token('tailscale', `tskey-auth-${r.alnum(12)}CNTRL-${r.alnum(32)}`),
  token('cloudflare origin', `v1.0-${r.hex(24)}-${r.hex(146)}`),
  token('rubygems', `rubygems_${r.hex(48)}`),
  token('pulumi', `pul-${r.hex(40)}`),
  token('buildkite', `bkua_${r.hex(40)}`),
  token('sourcegraph', `sgp_${r.hex(40)}`),
  token('fly.io', `fo1_${r.base64Url(43)}`),
  token('resend', `re_${r.alnum(8)}_${r.alnum(24)}`),
  token('langsmith', `lsv2_pt_${r.hex(32)}_${r.hex(10)}`),
  token('tavily', `tvly-${r.alnum(32)}`),
  token('crates.io', `cio${r.alnum(32)}`),
  token('brevo', `xkeysib-${r.hex(64)}-${r.alnum(16)}`),
  token('nvidia', `nvapi-${r.base64Url(64)}`),
];

const URLS: readonly SecretSample[] = [
  within(
    'slack webhook',
    `${r.alnum(24)}`,
    (s) => `https://hooks.slack.com/services/T${r.upper(8)}/B${r.upper(8)}/${s}`,
  ),
  within(
    'discord webhook',
    r.base64Url(68),
    (s) => `POST https://discord.com/api/webhooks/${r.digits(18)}/${s} 204`,
  ),
  within(
    'teams webhook',
    r.hex(32),
    (s) =>
      `https://acme.webhook.office.com/webhookb2/${r.uuid()}@${r.uuid()}/IncomingWebhook/${s}/${r.uuid()}`,
  ),
  within(
    'telegram url',
    `AA${r.base64Url(33)}`,
    (s) => `https://api.telegram.org/bot${r.digits(9)}:${s}/sendMessage`,
  ),
  within('zapier hook', r.lower(7), (s) => `https://hooks.zapier.com/hooks/catch/${r.digits(6)}/${s}/`),
  within('infura', r.hex(32), (s) => `https://mainnet.infura.io/v3/${s}`),
  within('alchemy', r.base64Url(32), (s) => `https://eth-mainnet.g.alchemy.com/v2/${s}`),
  within('sentry dsn', r.hex(32), (s) => `dsn=https://${s}@o${r.digits(6)}.ingest.sentry.io/${r.digits(7)}`),
  within(
    'reset link',
    r.alnum(40),
    (s) => `Reset it at https://app.example.com/reset-password/${s} within an hour`,
  ),
  within('password with a slash', `${pw()}/x#1`, (s) => `postgres://app:${s}@db.internal:5432/app`),
  within(
    'password with a hash',
    `a#${pw()}`,
    (s) => `could not connect to redis://default:${s}@cache.example.com:6379/0`,
  ),
  within(
    'password with an at',
    `${pw()}@x`,
    (s) => `mongodb+srv://svc:${s}@cluster0.abcd.mongodb.net/?retryWrites=true`,
  ),
  within('go dsn', pw(), (s) => `dial error: root:${s}@tcp(10.0.0.5:3306)/shop?parseTime=true`),
  within('url without scheme', pw(), (s) => `proxy: jane:${s}@proxy.example.com:3128`),
  within('amqp', pw(), (s) => `amqps://guest:${s}@rabbit/vhost`),
  within('query key', r.alnum(20), (s) => `res://files/a.txt?key=${s}&v=2`),
  within('query code', r.alnum(30), (s) => `https://app.example.com/callback?code=${s}&state=xyz`),
  within(
    'sas',
    `${r.alnum(43)}%3D`,
    (s) => `https://acct.blob.core.windows.net/c/b.txt?sv=2022-11-02&se=2026-01-01&sr=b&sp=r&sig=${s}`,
  ),
  within(
    'aws presigned',
    r.hex(64),
    (s) => `https://b.s3.amazonaws.com/k?X-Amz-Expires=300&X-Amz-Signature=${s}`,
  ),
  within(
    'fragment token',
    r.alnum(40),
    (s) => `https://app.example.com/#access_token=${s}&token_type=bearer`,
  ),
  within('jdbc', pw(), (s) => `jdbc:oracle:thin:scott/${s}@//db.example.com:1521/ORCL`),
  within('ftp', pw(), (s) => `ftp://deploy:${s}@ftp.example.com/www`),
];

const NAMED: readonly SecretSample[] = [
  within('npmrc', r.alnum(36), (s) => `//registry.example.com/:_authToken=${s}`),
  within('npmrc password', base64(pw()), (s) => `//registry.example.com/:_password="${s}"`),
  within(
    'service bus',
    `${r.base64(43)}=`,
    (s) => `Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${s}`,
  ),
  within(
    'storage account',
    `${r.base64(86)}==`,
    (s) => `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${s};EndpointSuffix=core.windows.net`,
  ),
  within('sql server', pw(), (s) => `Server=tcp:db,1433;User ID=sa;Pwd=${s};Encrypt=True`),
  within('prefixed name', r.alnum(24), (s) => `ACME_BILLING_API_TOKEN=${s}`),
  within('key name', r.alnum(32), (s) => `export ALGOLIA_ADMIN_KEY=${s}`),
  within('prefixed password', pw(), (s) => `REPORTING_DB_PASSWORD="${s}"`),
  within('camel case', r.alnum(32), (s) => `{"stripeWebhookSecret":"${s}","port":1}`),
  within('property', pw(), (s) => `spring.datasource.password=${s}`),
  within('yaml phrase', 'correct horse battery staple', (s) => `user: jane\npassword: ${s}\nport: 1`),
  within('yaml block', pw(), (s) => `db:\n  password: |\n    ${s}\n  port: 5432`),
  within('k8s env', pw(), (s) => `env:\n  - name: DB_PASSWORD\n    value: ${s}\n`),
  within('xml element', pw(), (s) => `<server><id>x</id><password>${s}</password></server>`),
  within('xml pair', r.alnum(24), (s) => `<add key="ApiKey" value="${s}" />`),
  within('plist', pw(), (s) => `<key>Password</key>\n<string>${s}</string>`),
  within('pair in text', pw(), (s) => `[{"name":"password","value":"${s}"}]`),
  within('pair', pw(), (s) => ({ headers: [{ name: 'X-Api-Key', value: s }] })),
  within('pair, value first', pw(), (s) => ({ value: s, key: 'DB_PASSWORD' })),
  within('tuple', r.alnum(30), (s) => ({ headers: [['Authorization', s]] })),
  within('ruby hash', pw(), (s) => `{ :password => "${s}" }`),
  within('php', pw(), (s) => `'db_password' => '${s}',`),
  within('go', pw(), (s) => `password := "${s}"`),
  within('terraform', pw(), (s) => `  master_password      = "${s}"`),
  within('sql', pw(), (s) => `CREATE USER app WITH PASSWORD '${s}'`),
  within('mysql', pw(), (s) => `ALTER USER 'root'@'%' IDENTIFIED BY '${s}'`),
  within('netrc', pw(), (s) => `machine git.example.com login jane password ${s}`),
  within('pgpass', pw(), (s) => `db.example.com:5432:shop:app:${s}`),
  within('markdown table', pw(), (s) => `| user | jane |\n| password | ${s} |`),
  within('prose', pw(), (s) => `Log in with the password ${s} and change it.`),
  within('prose, is', pw(), (s) => `my password is ${s}`),
  within('one-time code', r.digits(6), (s) => `Your verification code is ${s}.`),
  within('form data', pw(), (s) => `Content-Disposition: form-data; name="password"\r\n\r\n${s}\r\n--x`),
  within('header', r.alnum(32), (s) => `X-Auth-Token: ${s}`),
  within('header in a line', r.alnum(32), (s) => `> GET / HTTP/1.1 X-Api-Key: ${s}`),
  within('authorization token', r.hex(40), (s) => `Authorization: Token ${s}`),
];

const COMMANDS: readonly SecretSample[] = [
  within('curl -u', pw(), (s) => `curl -u jane:${s} https://api.example.com`),
  within('curl --user', pw(), (s) => `curl --user 'jane:${s}' https://api.example.com`),
  within('--password', pw(), (s) => `tool login --username jane --password ${s}`),
  within('--api-key', r.alnum(24), (s) => `cli deploy --api-key ${s} --yes`),
  within('mysql -p', pw(), (s) => `mysql -u root -p${s} shop`),
  within('docker login', pw(), (s) => `docker login -u jane -p ${s} registry.example.com`),
  within('sshpass', pw(), (s) => `sshpass -p '${s}' ssh root@host`),
  within('redis-cli', pw(), (s) => `redis-cli -h cache -a ${s} ping`),
  within('PGPASSWORD', pw(), (s) => `PGPASSWORD=${s} psql -h db`),
  within('argv', pw(), (s) => ({ args: ['--password', s, '--force'] })),
  within('powershell', pw(), (s) => `ConvertTo-SecureString "${s}" -AsPlainText -Force`),
  within('openssl', pw(), (s) => `openssl rsa -in k.pem -passin pass:${s}`),
  within('kubectl', pw(), (s) => `kubectl create secret generic s --from-literal=password=${s}`),
];

const SESSIONS: readonly SecretSample[] = [
  within('cookie header', r.alnum(26), (s) => `Cookie: theme=dark; sid=${s}`),
  within('set-cookie', r.alnum(32), (s) => `Set-Cookie: session=${s}; Path=/; HttpOnly`),
  within('php session', r.lower(26), (s) => `PHPSESSID=${s}; path=/`),
  within('connect.sid', `s%3A${r.base64Url(32)}.${r.alnum(43)}`, (s) => `connect.sid=${s}`),
  within('session id', r.hex(32), (s) => ({ sessionId: s })),
  within('session_id', r.alnum(32), (s) => `session_id=${s}`),
  within('curl cookie', r.alnum(32), (s) => `curl -b 'auth_session=${s}' https://example.com`),
  within('asp.net', r.lower(24), (s) => `ASP.NET_SessionId=${s}`),
];

const ENCODED: readonly SecretSample[] = [
  within('base64 pair', base64(`jane:${pw()}`), (s) => `sent ${s} as credentials`),
  within('base64 of json', base64(`{"user":"jane","password":"${pw()}"}`), (s) => `payload: ${s}`),
  within(
    'base64 of pem',
    base64(`-----BEGIN RSA PRIVATE KEY-----\n${r.base64(300)}\n-----END RSA PRIVATE KEY-----`),
    (s) => `client-key-data: ${s}`,
  ),
  within('escaped json', pw(), (s) => JSON.stringify({ body: JSON.stringify({ password: s }) })),
  within('escaped twice', pw(), (s) => JSON.stringify(JSON.stringify(JSON.stringify({ token: s })))),
  within('u-escapes', pw(), (s) => `\\u0022password\\u0022:\\u0022${s}\\u0022`),
  within('html escapes', pw(), (s) => `&quot;password&quot;:&quot;${s}&quot;`),
  within('percent json', 'Tr0ub4dor', (s) => `?q=%7B%22password%22%3A%22${s}%22%7D`),
  within('escaped letters', pw(), (s) => `{"p\\u0061ssword":"${s}"}`),
];

const LANGUAGES: readonly SecretSample[] = [
  within('german', pw(), (s) => `Passwort: ${s}`),
  within('german, in a sentence', pw(), (s) => `Das Kennwort lautet ${s}`),
  within('spanish', pw(), (s) => ({ contraseña: s })),
  within('french', pw(), (s) => `mot de passe : ${s}`),
  within('portuguese', pw(), (s) => `senha=${s}`),
  within('dutch', pw(), (s) => `wachtwoord: ${s}`),
  within('chinese', pw(), (s) => `密码：${s}`),
  within('japanese', pw(), (s) => `パスワード: ${s}`),
  within('korean', pw(), (s) => `비밀번호: ${s}`),
  within('russian', pw(), (s) => `"пароль": "${s}"`),
  within('polish', pw(), (s) => `hasło: ${s}`),
  within('turkish', pw(), (s) => `şifre = ${s}`),
];

const PERSONAL: readonly SecretSample[] = [
  within('ssn', '536-22-8714', (s) => `applicant ${s}, born in Ohio`),
  within('ssn without dashes', '536228714', (s) => `SSN: ${s}`),
  within('card with dots', '4539.1488.0343.6467', (s) => `card ${s} exp 12/27`),
  within('card in full width', '４５３９１４８８０３４３６４６７', (s) => `カード ${s}`),
  within('card with full-width dashes', '５５５５－５５５５－５５５５－４４４４', (s) => `card ${s}`),
  within('card', '371449635398431', (s) => ({ payment: s })),
  within('iban', 'GB82 WEST 1234 5698 7654 32', (s) => `pay to ${s} today`),
  within('email', 'ana.souza+x@example.com.br', (s) => `no account for ${s}`),
];

const KEYS: readonly SecretSample[] = [
  within('pem', r.base64(64), (s) => `-----BEGIN EC PRIVATE KEY-----\n${s}\n-----END EC PRIVATE KEY-----`),
  within(
    'openssh',
    r.base64(64),
    (s) => `-----BEGIN OPENSSH PRIVATE KEY-----\\n${s}\\n-----END OPENSSH PRIVATE KEY-----\\n`,
  ),
  within(
    'pgp',
    r.base64(64),
    (s) => `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${s}\n-----END PGP PRIVATE KEY BLOCK-----`,
  ),
  within(
    'putty',
    r.base64(64),
    (s) => `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\n${s}\nPrivate-MAC: 00`,
  ),
  within('jwk', r.base64Url(43), (s) => ({ kty: 'EC', crv: 'P-256', x: 'abc', d: s })),
  within(
    'jwt',
    `eyJ${r.base64Url(30)}.eyJ${r.base64Url(60)}.${r.base64Url(43)}`,
    (s) => `token ${s} expired`,
  ),
  within('bcrypt', `$2b$12$${r.alnum(53)}`, (s) => `user jane ${s}`),
  within('shadow', `$6$${r.alnum(16)}$${r.alnum(86)}`, (s) => `root:${s}:19000:0:99999:7:::`),
  within('totp', r.upper(32), (s) => `otpauth://totp/Acme:jane?secret=${s}&issuer=Acme`),
  within(
    'seed phrase',
    'legal winner thank year wave sausage worth useful legal winner thank yellow',
    (s) => `seed phrase: ${s}`,
  ),
  within('wireguard', `${r.base64(43)}=`, (s) => `[Interface]\nPrivateKey = ${s}\nAddress = 10.0.0.2/32`),
  within('aws pair', r.base64(40), (s) => `aws_secret_access_key = ${s}`),
];

/** Written apart from the rules; what of them passed led to mends of whole kinds. */
export const HELD_OUT_SECRETS: readonly SecretSample[] = [
  ...VENDORS,
  ...URLS,
  ...NAMED,
  ...COMMANDS,
  ...SESSIONS,
  ...ENCODED,
  ...LANGUAGES,
  ...PERSONAL,
  ...KEYS,
];
