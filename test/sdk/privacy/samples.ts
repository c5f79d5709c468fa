/** Letters and digits as issuers draw them; made here, so that no file holds what a scanner takes for a real key. */
const random = (length: number) =>
  'q7Zr2Lx9Wm4Kt8Vb3Nc6Hd1Jf5Gs0Py'.repeat(Math.ceil(length / 31)).slice(0, length);
const upper = (length: number) => random(length).toUpperCase();
const base64Url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export const JWT = `${base64Url({ alg: 'HS256', typ: 'JWT' })}.${base64Url({ sub: '1' })}.${random(43)}`;
export const LONG_JWT = `${base64Url({ alg: 'RS256' })}.${base64Url({ claims: random(3000) })}.${random(342)}`;
const pem = (kind: string) => `-----BEGIN ${kind}-----\n${`${random(64)}\n`.repeat(24)}-----END ${kind}-----`;

/** What must never be shown, by the kind that stands in its place. */
export const SECRETS: readonly (readonly [kind: string, secret: string])[] = [
  ['email', 'jane.doe+news@mail.example.co.uk'],
  ['email', 'jörg@müller.example'],
  ['email', 'jane%40example.com'],
  ['card', '4111111111111111'],
  ['card', '4111 1111 1111 1111'],
  ['card', '4111-1111-1111-1111'],
  ['card', '4222222222222'],
  ['card', '378282246310005'],
  ['card', '3782 822463 10005'],
  ['card', '5555555555554444'],
  ['card', '2223003122003222'],
  ['card', '6011111111111117'],
  ['card', '30569309025904'],
  ['card', '3530111333300000'],
  ['card', '6200000000000005'],
  ['bearer', `Bearer ${random(40)}`],
  ['bearer', 'bearer abc'],
  ['bearer', `Bearer ${LONG_JWT}`],
  ['basic', `Basic ${Buffer.from('user:pass').toString('base64')}`],
  ['basic', `Basic ${Buffer.from(`jane:${random(30)}`).toString('base64')}`],
  ['api-key', `sk-${random(48)}`],
  ['api-key', `sk-ant-api03-${random(60)}`],
  ['api-key', `sk-proj-${random(60)}`],
  ['api-key', `sk_live_${random(24)}`],
  ['api-key', `rk_test_${random(24)}`],
  ['api-key', `ghp_${random(36)}`],
  ['api-key', `gho_${random(36)}`],
  ['api-key', `github_pat_${random(22)}_${random(59)}`],
  ['api-key', `xoxb-123456789012-${random(24)}`],
  ['api-key', `xoxe.xoxp-1-${random(40)}`],
  ['api-key', `AKIA${upper(16)}`],
  ['api-key', `ASIA${upper(16)}`],
  ['api-key', `AIza${random(35)}`],
  ['api-key', `glpat-${random(20)}`],
  ['api-key', `npm_${random(36)}`],
  ['api-key', `hf_${random(34)}`],
  ['api-key', `SG.${random(22)}.${random(43)}`],
  ['api-key', `123456789:AA${random(33)}`],
  ['jwt', JWT],
  ['jwt', LONG_JWT],
  ['iban', 'DE89370400440532013000'],
  ['iban', 'DE89 3704 0044 0532 0130 00'],
  ['iban', 'de89370400440532013000'],
  ['iban', 'GB29NWBK60161331926819'],
  ['iban', 'FR14 2004 1010 0505 0001 3M02 606'],
  ['iban', 'NO9386011117947'],
  ['private-key', pem('PRIVATE KEY')],
  ['private-key', pem('RSA PRIVATE KEY')],
  ['private-key', pem('OPENSSH PRIVATE KEY')],
  ['private-key', pem('PGP PRIVATE KEY BLOCK')],
];
