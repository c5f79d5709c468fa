import { BlockList } from 'node:net';
import type { TrustProxy } from '../config/trust-proxy.ts';
import { ipAddress } from '../protocol/ip-address.ts';

/**
 * Whether a sender is a proxy whose word counts.
 *
 * @param address its IP address; `undefined` where nobody knows it.
 * @param hop 0 for who is at the other end of the connection, 1 for who is behind that one, and so on.
 */
export type Trusts = (address: string | undefined, hop: number) => boolean;

export function trustsOf(setting: TrustProxy): Trusts {
  if ('hops' in setting) return (_, hop) => hop < setting.hops;
  const list = new BlockList();
  for (const { address, bits } of setting.ranges) {
    list.addSubnet(address.text, bits, family(address.version));
  }
  return (text) => {
    // A zone says on which of the proxy's networks it is, and not who it is.
    const address = text === undefined ? undefined : ipAddress(text.replace(/%.*$/, ''));
    return address !== undefined && list.check(address.text, family(address.version));
  };
}

function family(version: 4 | 6): 'ipv4' | 'ipv6' {
  return version === 4 ? 'ipv4' : 'ipv6';
}
