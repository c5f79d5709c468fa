import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/** PEM texts of a self-signed certificate and its key, made for one test run. */
export interface SelfSigned {
  cert: string;
  key: string;
}

export interface SelfSignedOptions {
  /** DNS names that it is for. Default: `localhost`. */
  names?: string[];
  /** Default: yesterday. */
  from?: Date;
  /** Default: in a year. */
  until?: Date;
}

const DAY = 86_400_000;
const ECDSA_WITH_SHA256 = oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);

/** Written out in DER, because Node makes keys and no certificates. */
export function selfSigned({
  names = ['localhost'],
  from = new Date(Date.now() - DAY),
  until = new Date(Date.now() + 365 * DAY),
}: SelfSignedOptions = {}): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(oid(0x55, 0x04, 0x03), text(0x0c, names[0] as string))));
  const alternatives = sequence(...names.map((each) => text(0x82, each)));
  const extensions = sequence(
    sequence(oid(0x55, 0x1d, 0x11), tagged(0x04, alternatives)),
    sequence(oid(0x55, 0x1d, 0x13), tagged(0x04, sequence(tagged(0x01, Buffer.from([0xff]))))),
  );
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    sequence(ECDSA_WITH_SHA256),
    name,
    sequence(time(from), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, extensions),
  );
  const signature = createSign('sha256').update(body).sign(privateKey);
  const bits = tagged(0x03, Buffer.concat([Buffer.from([0]), signature]));
  const der = sequence(body, sequence(ECDSA_WITH_SHA256), bits);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function set(...parts: Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(parts));
}

function oid(...bytes: number[]): Buffer {
  return tagged(0x06, Buffer.from(bytes));
}

function text(tag: number, value: string): Buffer {
  return tagged(tag, Buffer.from(value));
}

/** GeneralizedTime. */
function time(date: Date): Buffer {
  return text(0x18, `${date.toISOString().replace(/[-:T]|\.\d+/g, '')}`);
}
