import { type IpAddress, ipAddress } from '../protocol/ip-address.ts';

/** The proxies whose word counts: the first so many of a chain, or those with an address in a range. */
export type TrustProxy = { readonly hops: number } | { readonly ranges: readonly Range[] };

/** The addresses that begin with the same bits. */
export interface Range {
  readonly address: IpAddress;
  readonly bits: number;
}

/** Chains of proxies are short; what is longer was written by a client. */
export const MAX_HOPS = 32;
/** What an allowlist needs at most. */
const MAX_ENTRIES = 1_000;

const NOBODY: TrustProxy = { hops: 0 };

/** The ranges that have names, as proxies and frameworks name them. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** Reads the option, or its environment variable; `undefined` where it cannot be used. */
export function readTrustProxy(value: unknown): TrustProxy | undefined {
  if (value === false) return NOBODY;
  if (typeof value === 'number') return hopsOf(value);
  if (typeof value === 'string') return readText(value);
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
    ? rangesOf(value)
    : undefined;
}

function readText(text: string): TrustProxy | undefined {
  const trimmed = text.trim();
  if (trimmed.toLowerCase() === 'false') return NOBODY;
  return /^\d+$/.test(trimmed) ? hopsOf(Number(trimmed)) : rangesOf(trimmed.split(','));
}

function hopsOf(hops: number): TrustProxy | undefined {
  return Number.isInteger(hops) && hops >= 0 && hops <= MAX_HOPS ? { hops } : undefined;
}

function rangesOf(entries: readonly string[]): TrustProxy | undefined {
  if (entries.length > MAX_ENTRIES) return undefined;
  const ranges = entries
    .map((entry) => entry.trim().toLowerCase())
    .flatMap((entry) => (Object.hasOwn(NAMED, entry) ? (NAMED[entry] as readonly string[]) : [entry]))
    .map(rangeOf);
  return ranges.every((range) => range !== undefined) ? { ranges } : undefined;
}

/** An address, or a range of them as `address/bits`. */
function rangeOf(text: string): Range | undefined {
  const [, before = '', after] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = ipAddress(before);
  if (address === undefined) return undefined;
  const most = address.version === 4 ? 32 : 128;
  const bits = Number(after ?? most);
  return bits <= most ? { address, bits } : undefined;
}
