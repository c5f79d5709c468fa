import { mixed } from '../recording/key-set.ts';
import { MIN_ID } from '../sessions/search.ts';

const SEED = 0xc2b2ae35;

/** How the ids of a span begin, 16 bits for each: which spans are worth a look, where an id is searched for. */
export function idHeads(traceId: string, requestId: string | undefined): number {
  return (traceHead(traceId) | (requestId === undefined ? 0 : requestHead(requestId))) >>> 0;
}

/** The half of {@link idHeads} that is the trace's. */
export function traceHead(id: string): number {
  return headOf(id) << 16;
}

/** The half of {@link idHeads} that is the request's. */
export function requestHead(id: string): number {
  return headOf(id) & 0xffff;
}

/** FNV-1a over its first characters, in whatever case; without a text of its own, for there are two for each span. */
function headOf(id: string): number {
  const length = Math.min(id.length, MIN_ID);
  let h = SEED;
  for (let i = 0; i < length; i += 1) {
    const code = id.charCodeAt(i);
    h = Math.imul(h ^ (code >= 0x41 && code <= 0x5a ? code + 0x20 : code), 0x01000193);
  }
  return mixed(h);
}
