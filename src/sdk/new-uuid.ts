import { randomFillSync } from 'node:crypto';
import { v4 } from 'uuid';

const SIZE = 16;
/** Random bytes of 256 ids: to ask for them costs more than to write an id. */
const POOL = new Uint8Array(256 * SIZE);
let used = POOL.length;
const BYTES = new Uint8Array(SIZE);
const OPTIONS = { random: BYTES };

const TEXT = Buffer.alloc(36, '-');
const DIGITS = Buffer.from('0123456789abcdef', 'latin1');
/** Where the two digits of each byte stand, between the hyphens. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/**
 * A random UUID (RFC 9562, version 4) in one piece. Put together from its parts it would be a tree of seventeen strings,
 * which every span would hold until it is exported: a third of its memory, copied by each garbage collection.
 */
export function newUuid(): string {
  drawBytes();
  v4(OPTIONS, BYTES);
  return uuidText(BYTES);
}

/** The UUID (RFC 9562, version 8) that is made of the first bytes of a hash. */
export function uuidOf(hash: Uint8Array): string {
  const bytes = hash.slice(0, SIZE);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return uuidText(bytes);
}

function uuidText(bytes: Uint8Array): string {
  for (let i = 0; i < SIZE; i += 1) {
    const byte = bytes[i] as number;
    const place = PLACES[i] as number;
    TEXT[place] = DIGITS[byte >> 4] as number;
    TEXT[place + 1] = DIGITS[byte & 15] as number;
  }
  return TEXT.toString('latin1');
}

function drawBytes(): void {
  if (used === POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  for (let i = 0; i < SIZE; i += 1) BYTES[i] = POOL[used + i] as number;
  used += SIZE;
}
