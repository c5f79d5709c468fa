/** An IP address in its one spelling: short, in lower case, and IPv4 where it is mapped into IPv6. */
export interface IpAddress {
  readonly text: string;
  readonly version: 4 | 6;
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
/** Without a zone, as in `fe80::1%eth0`: that says something on one machine only. */
const IPV6 = /^[\da-f:.]{2,45}$/i;
const MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/** Reads an IP address; `undefined` where `text` is none. */
export function ipAddress(text: string): IpAddress | undefined {
  if (IPV4.test(text)) return { text, version: 4 };
  const url = `http://[${text}]`;
  if (!IPV6.test(text) || !URL.canParse(url)) return undefined;
  const short = new URL(url).hostname.slice(1, -1);
  const mapped = MAPPED.exec(short);
  if (mapped === null) return { text: short, version: 6 };
  const [high, low] = mapped.slice(1).map((group) => Number.parseInt(group, 16)) as [number, number];
  return { text: [high >> 8, high & 255, low >> 8, low & 255].join('.'), version: 4 };
}
