import { MAX_HOPS } from '../config/trust-proxy.ts';
import { ipAddress } from '../protocol/ip-address.ts';
import type { Trusts } from './trusted.ts';

/** Where a request comes from. */
export interface Endpoint {
  readonly address: string | undefined;
  readonly port: number | undefined;
}

/** Reads all values of an HTTP request header, joined by commas. */
export type ReadList = (name: string) => string | undefined;

/** An element is shorter, even one with every parameter; longer texts were written to take time. */
const MAX_ELEMENT = 512;
/** Of an address and a port. */
const MAX_NODE = 64;

/**
 * Who sent a request: who is at the other end of its connection, or where that is a trusted proxy, whom the proxy names;
 * and so on, as far as proxies are trusted. Where one does not name an address, it stands for whoever is behind it.
 *
 * Nearly all proxies write `X-Forwarded-For` and pass on a `Forwarded` that a client wrote, so that counts alone only.
 */
export function senderOf(peer: Endpoint, header: ReadList, trusts: Trusts): Endpoint {
  if (!trusts(peer.address, 0)) return peer;
  const list = header('x-forwarded-for');
  return list === undefined
    ? follow(peer, header('forwarded') ?? '', nodeOfElement, trusts)
    : follow(peer, list, nodeOf, trusts);
}

/** From right to left: each proxy adds whom it heard from at the end. */
function follow(
  peer: Endpoint,
  list: string,
  read: (element: string) => Endpoint | undefined,
  trusts: Trusts,
): Endpoint {
  let sender = peer;
  let end = list.length;
  for (let hop = 0; hop < MAX_HOPS && end >= 0 && trusts(sender.address, hop); hop += 1) {
    const start = startOfElement(list, end);
    const named = start === undefined ? undefined : read(list.slice(start, end).trim());
    if (named === undefined) break;
    sender = named;
    end = (start as number) - 1;
  }
  return sender;
}

/** Behind the comma before `end` that stands in no quotes; `undefined` where that is far away. */
function startOfElement(list: string, end: number): number | undefined {
  let isQuoted = false;
  for (let at = end - 1; at >= 0; at -= 1) {
    if (end - at > MAX_ELEMENT) return undefined;
    const letter = list[at];
    if (letter === '"' && list[at - 1] !== '\\') isQuoted = !isQuoted;
    else if (letter === ',' && !isQuoted) return at + 1;
  }
  return 0;
}

/** `for=192.0.2.1;proto=https`, as in RFC 7239. */
function nodeOfElement(element: string): Endpoint | undefined {
  const [, quoted, token] = /(?:^|;)\s*for\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(element) ?? [];
  return nodeOf(quoted ?? token ?? '');
}

/** An address, with a port or without; what is hidden or unknown is none. */
function nodeOf(node: string): Endpoint | undefined {
  if (node.length > MAX_NODE) return undefined;
  const alone = ipAddress(node);
  if (alone !== undefined) return { address: alone.text, port: undefined };
  const [, inBrackets, bare = '', port] = /^(?:\[([^[\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(node) ?? [];
  const address = ipAddress(inBrackets ?? bare);
  return address === undefined ? undefined : { address: address.text, port: portOf(port) };
}

function portOf(text: string | undefined): number | undefined {
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
