import { WireType } from '@bufbuild/protobuf/wire';
import { MAX_DEPTH, type Shape } from './shape.ts';

/**
 * The messages in a protobuf message, each of which would become an object. Nothing is made here, and nothing said of
 * bytes that are no such message: they are counted as far as they can be read, and whoever reads them says it.
 *
 * @param most - when there are more, the rest is not counted
 */
export function countMessages(shape: Shape, body: Buffer, most: number): number {
  const counter = new Counter(body, most);
  counter.message(shape, body.length, 1);
  return counter.messages;
}

class Counter {
  readonly #body: Buffer;
  readonly #most: number;
  #at = 0;
  messages = 0;

  constructor(body: Buffer, most: number) {
    this.#body = body;
    this.#most = most;
  }

  message(shape: Shape, end: number, depth: number): void {
    this.messages += 1;
    if (depth > MAX_DEPTH) this.#stop();
    while (this.#at < end && this.messages <= this.#most) {
      const tag = this.#varint();
      const field = shape.byNumber[Math.floor(tag / 8)];
      const wireType = tag % 8;
      if (wireType !== WireType.LengthDelimited) this.#skip(wireType);
      else if (field?.kind === 'message') this.message(field.message(), this.#end(), depth + 1);
      else this.#at = this.#end();
    }
  }

  #skip(wireType: number): void {
    if (wireType === WireType.Varint) this.#varint();
    else if (wireType === WireType.Bit64) this.#at += 8;
    else if (wireType === WireType.Bit32) this.#at += 4;
    else this.#stop();
  }

  #end(): number {
    const length = this.#varint();
    return Math.min(this.#at + length, this.#body.length);
  }

  /** Of what is longer than any tag or length, the end alone matters. */
  #varint(): number {
    let value = 0;
    for (let factor = 1; this.#at < this.#body.length; factor *= 128) {
      const byte = this.#body[this.#at] as number;
      this.#at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    return value;
  }

  #stop(): void {
    this.#at = this.#body.length;
  }
}
