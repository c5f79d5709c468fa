import { type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { BadData } from './bad-data.ts';
import { countMessages } from './count-messages.ts';
import {
  doubleOf,
  type Field,
  isDefault,
  isDroppedEmpty,
  type Json,
  MAX_DEPTH,
  MAX_VALUES,
  type Shape,
  shapeOf,
} from './shape.ts';

/**
 * A protobuf message as canonical OTLP JSON: the fields that the definitions name in the order of their numbers, defaults
 * left out. It is read into JSON at once, without message objects in between, and counted before: a body of empty
 * messages, of two bytes each, would take fifty times its size.
 *
 * @throws {@link BadData} where the bytes are no such message
 */
export function readProtobuf(descriptor: DescMessage, body: Buffer): Json {
  try {
    const shape = shapeOf(descriptor);
    if (countMessages(shape, body, MAX_VALUES) > MAX_VALUES) throw tooMany();
    return new ProtobufReader(body).read(shape);
  } catch (error) {
    if (error instanceof BadData) throw error;
    // Bytes that end too early, impossible tags.
    throw new BadData(`the body is not the protobuf message that belongs here: ${(error as Error).message}`);
  }
}

class ProtobufReader {
  readonly #body: Buffer;
  readonly #wire: BinaryReader;
  #values = 0;

  constructor(body: Buffer) {
    this.#body = body;
    this.#wire = new BinaryReader(body);
  }

  read(shape: Shape): Json {
    return this.#message(shape, this.#body.length, undefined, 1);
  }

  /** @param before - the same message, as far as it has come: one that comes in several parts is merged */
  #message(shape: Shape, end: number, before: Json | undefined, depth: number): Json {
    if (depth > MAX_DEPTH) throw new BadData(`nested deeper than ${MAX_DEPTH} messages`);
    this.#count();
    const wire = this.#wire;
    const target = before ?? {};
    let isOrdered = before === undefined;
    let last = 0;
    while (wire.pos < end) {
      const [number, wireType] = wire.tag();
      const field = shape.byNumber[number];
      if (field === undefined) wire.skip(wireType, number);
      else this.#field(field, wireType, target, depth);
      if (number < last) isOrdered = false;
      last = number;
    }
    if (wire.pos > end) throw new RangeError('a field ends behind its message');
    return isOrdered ? target : inOrder(shape, target);
  }

  /** Reads a field behind its tag. */
  #field(field: Field, wireType: WireType, target: Json, depth: number): void {
    const expected = WIRE_TYPES[field.kind] ?? WireType.Varint;
    const isPacked = field.isList && wireType === WireType.LengthDelimited && expected !== wireType;
    if (wireType !== expected && !isPacked) throw new Error(`${field.name} has the wire type ${wireType}`);
    for (const rival of field.rivals) if (target[rival] !== undefined) delete target[rival];
    if (isPacked) this.#packed(field, target);
    else if (field.isList) this.#add(field, target, this.#value(field, undefined, depth));
    else this.#set(field, target, this.#value(field, target[field.name] as Json | undefined, depth));
  }

  #packed(field: Field, target: Json): void {
    const end = this.#end();
    while (this.#wire.pos < end) this.#add(field, target, this.#value(field, undefined, 0));
    if (this.#wire.pos > end) throw new RangeError('a field ends behind its list');
  }

  #add(field: Field, target: Json, value: unknown): void {
    if (field.kind !== 'message') this.#count();
    const list = target[field.name] as unknown[] | undefined;
    if (list === undefined) target[field.name] = [value];
    else list.push(value);
  }

  #set(field: Field, target: Json, value: unknown): void {
    const isLeftOut = isDroppedEmpty(field) ? isEmpty(value as Json) : !field.hasPresence && isDefault(value);
    if (!isLeftOut) target[field.name] = value;
    else if (target[field.name] !== undefined) delete target[field.name];
  }

  #value(field: Field, before: Json | undefined, depth: number): unknown {
    if (field.kind !== 'message') return this.#scalar(field.kind);
    return this.#message(field.message(), this.#end(), before, depth + 1);
  }

  #scalar(kind: Exclude<Field['kind'], 'message'>): unknown {
    const wire = this.#wire;
    switch (kind) {
      case ScalarType.STRING:
        return this.#text('utf8');
      case 'hex':
        return this.#text('hex');
      case ScalarType.BYTES:
        return this.#text('base64');
      case ScalarType.DOUBLE:
        return doubleOf(wire.double());
      case ScalarType.FIXED64:
        return String(wire.fixed64());
      case ScalarType.SFIXED64:
        return String(wire.sfixed64());
      case ScalarType.INT64:
        return String(wire.int64());
      case ScalarType.UINT64:
        return String(wire.uint64());
      case ScalarType.BOOL:
        return wire.bool();
      case ScalarType.UINT32:
        return wire.uint32();
      case ScalarType.FIXED32:
        return wire.fixed32();
      case ScalarType.SINT32:
        return wire.sint32();
      case ScalarType.INT32:
      case 'enum':
        return wire.int32();
      default:
        throw new TypeError(`OTLP has no fields of the type ${ScalarType[kind]}`);
    }
  }

  /** Bytes that are no UTF-8 become U+FFFD, as in a JSON body. */
  #text(encoding: 'utf8' | 'hex' | 'base64'): string {
    const end = this.#end();
    const text = this.#body.toString(encoding, this.#wire.pos, end);
    this.#wire.pos = end;
    return text;
  }

  #end(): number {
    const length = this.#wire.uint32();
    const end = this.#wire.pos + length;
    if (end > this.#body.length) throw new RangeError('it ends too early');
    return end;
  }

  #count(): void {
    this.#values += 1;
    if (this.#values > MAX_VALUES) throw tooMany();
  }
}

function tooMany(): BadData {
  return new BadData(`more than ${MAX_VALUES} values in one request`, 413);
}

/** Where it is not a varint. */
const WIRE_TYPES: Partial<Record<Field['kind'], WireType>> = {
  message: WireType.LengthDelimited,
  hex: WireType.LengthDelimited,
  [ScalarType.STRING]: WireType.LengthDelimited,
  [ScalarType.BYTES]: WireType.LengthDelimited,
  [ScalarType.DOUBLE]: WireType.Bit64,
  [ScalarType.FIXED64]: WireType.Bit64,
  [ScalarType.SFIXED64]: WireType.Bit64,
  [ScalarType.FIXED32]: WireType.Bit32,
};

function inOrder({ fields }: Shape, message: Json): Json {
  const ordered: Json = {};
  for (const { name } of fields) if (message[name] !== undefined) ordered[name] = message[name];
  return ordered;
}

function isEmpty(message: Json): boolean {
  for (const _ in message) return false;
  return true;
}
