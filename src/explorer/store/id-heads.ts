import { hash } from '../recording/key-set.ts';
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

function headOf(id: string): number {
  return hash(id.length > MIN_ID ? id.slice(0, MIN_ID).toLowerCase() : id.toLowerCase(), SEED);
}
