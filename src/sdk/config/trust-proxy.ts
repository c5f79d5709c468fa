import { BlockList, isIP } from 'node:net';

/**
 * Whether a sender is a proxy whose word counts.
 *
 * @param address its IP address; `undefined` where nobody knows it.
 * @param hop 0 for who is at the other end of the connection, 1 for who is behind that one, and so on.
 */
export type Trusts = (address: string | undefined, hop: number) => boolean;

/** Chains of proxies are short; what is longer was written by a client. */
export const MAX_HOPS = 32;
/** What an allowlist needs at most. */
const MAX_ENTRIES = 1_000;

const NOBODY: Trusts = () => false;

/** The ranges that have names, as proxies and frameworks name them. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** Reads the option, or its environment variable; `undefined` where it cannot be used. */
export function readTrustProxy(value: unknown): Trusts | undefined {
  if (value === false) return NOBODY;
  if (typeof value === 'number') return trustsHops(value);
  if (typeof value === 'string') return readText(value);
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
    ? trustsAddresses(value)
    : undefined;
}

function readText(text: string): Trusts | undefined {
  const trimmed = text.trim();
  if (trimmed.toLowerCase() === 'false') return NOBODY;
  return /^\d+$/.test(trimmed) ? trustsHops(Number(trimmed)) : trustsAddresses(trimmed.split(','));
}

function trustsHops(hops: number): Trusts | undefined {
  if (!Number.isInteger(hops) || hops < 0 || hops > MAX_HOPS) return undefined;
  return (_, hop) => hop < hops;
}

function trustsAddresses(entries: readonly string[]): Trusts | undefined {
  if (entries.length > MAX_ENTRIES) return undefined;
  const list = new BlockList();
  for (const entry of entries.map((each) => each.trim().toLowerCase())) {
    const ranges = Object.hasOwn(NAMED, entry) ? NAMED[entry] : undefined;
    if (!(ranges ?? [entry]).every((range) => add(list, range))) return undefined;
  }
  return (address) => {
    const version = address === undefined ? 0 : isIP(address);
    return version !== 0 && list.check(address as string, version === 4 ? 'ipv4' : 'ipv6');
  };
}

/** Adds an address, or a range of them as `address/bits`; false where it is none. */
function add(list: BlockList, range: string): boolean {
  const [, address = '', bits] = /^([\da-f.:]{2,45})(?:\/(\d{1,3}))?$/.exec(range) ?? [];
  const version = isIP(address);
  const max = version === 4 ? 32 : 128;
  if (version === 0 || Number(bits ?? max) > max) return false;
  list.addSubnet(address, Number(bits ?? max), version === 4 ? 'ipv4' : 'ipv6');
  return true;
}
