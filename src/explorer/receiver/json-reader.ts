import { type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { BadData } from './bad-data.ts';
import { guardedText } from './json-guard.ts';
import {
  doubleOf,
  type Field,
  isDefault,
  isDroppedEmpty,
  type Json,
  MAX_DEPTH,
  type Shape,
  shapeOf,
} from './shape.ts';

/**
 * OTLP JSON in its canonical form: the fields that the definitions name in the order of their numbers, defaults and what
 * is not known left out; ids in lower case, 64-bit integers as texts, enums as numbers.
 *
 * @throws {@link BadData} where the text is no such message
 */
export function readJson(descriptor: DescMessage, body: Buffer): Json {
  const value = parse(guardedText(body));
  if (!isObject(value)) throw new BadData('the body is not an object');
  return messageOf(shapeOf(descriptor), value, 1);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadData(`the body is not JSON: ${(error as Error).message}`);
  }
}

function messageOf(shape: Shape, value: unknown, depth: number): Json {
  if (!isObject(value)) throw new BadData('is not an object');
  if (depth > MAX_DEPTH) throw new BadData(`nested deeper than ${MAX_DEPTH} messages`);
  const message: Json = {};
  for (const field of shape.fields) {
    const given = value[field.name];
    // `null` is how JSON says that a field is not there.
    if (given === undefined || given === null) continue;
    try {
      take(field, given, message, depth);
    } catch (error) {
      throw error instanceof BadData ? error.within(field.name) : error;
    }
  }
  return message;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function take(field: Field, given: unknown, message: Json, depth: number): void {
  if (field.isList) {
    const list = listOf(field, given, depth);
    if (list.length > 0) message[field.name] = list;
    return;
  }
  const value = readValue(field, given, depth);
  if (
    isDroppedEmpty(field) ? Object.keys(value as Json).length === 0 : !field.hasPresence && isDefault(value)
  )
    return;
  if (field.rivals.some((rival) => message[rival] !== undefined)) throw new BadData('is one value too many');
  message[field.name] = value;
}

function listOf(field: Field, given: unknown, depth: number): unknown[] {
  if (!Array.isArray(given)) throw new BadData('is not a list');
  return given.map((item, index) => {
    try {
      return readValue(field, item, depth);
    } catch (error) {
      throw error instanceof BadData ? error.within(`[${index}]`) : error;
    }
  });
}

function readValue({ kind, message, enumNumbers }: Field, given: unknown, depth: number): unknown {
  switch (kind) {
    case 'message':
      return messageOf(message(), given, depth + 1);
    case 'enum':
      return enumNumbers.get(given as string) ?? Number(integerOf(given, INT32));
    case 'hex':
      return idOf(given);
    case ScalarType.STRING:
      return textOf(given);
    case ScalarType.BYTES:
      return bytesOf(given);
    case ScalarType.BOOL:
      return boolOf(given);
    case ScalarType.DOUBLE:
      return doubleOf(numberOf(given));
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return Number(integerOf(given, INT32));
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return Number(integerOf(given, UINT32));
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return integerOf(given, UINT64);
    default:
      return integerOf(given, INT64);
  }
}

interface Bounds {
  readonly lowest: bigint;
  readonly highest: bigint;
  /** So many digits are in range, whatever they are. */
  readonly digits: number;
}

const INT32: Bounds = { lowest: -(2n ** 31n), highest: 2n ** 31n - 1n, digits: 9 };
const UINT32: Bounds = { lowest: 0n, highest: 2n ** 32n - 1n, digits: 9 };
const INT64: Bounds = { lowest: -(2n ** 63n), highest: 2n ** 63n - 1n, digits: 18 };
const UINT64: Bounds = { lowest: 0n, highest: 2n ** 64n - 1n, digits: 19 };

/** An integer, in a text or not, as a text. */
function integerOf(given: unknown, { lowest, highest, digits }: Bounds): string {
  if (typeof given === 'string' && given.length <= digits && /^(0|[1-9]\d*)$/.test(given)) return given;
  const value = bigintOf(given);
  if (value === undefined) throw new BadData('is not an integer');
  if (value < lowest || value > highest) throw new BadData('is an integer out of range');
  return String(value);
}

function bigintOf(given: unknown): bigint | undefined {
  if (typeof given === 'string' && /^-?\d{1,20}$/.test(given)) return BigInt(given);
  // `1.0` and `1e3` are integers, as protobuf's mapping has it.
  const number = typeof given === 'string' && NUMBER.test(given) ? Number(given) : given;
  return typeof number === 'number' && Number.isInteger(number) ? BigInt(number) : undefined;
}

const NUMBER = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/;

function numberOf(given: unknown): number {
  if (typeof given === 'number') return given;
  if (typeof given !== 'string' || !(NUMBER.test(given) || /^(NaN|-?Infinity)$/.test(given))) {
    throw new BadData('is not a number');
  }
  return Number(given);
}

function idOf(given: unknown): string {
  const text = textOf(given);
  // Some send base64, as protobuf's own JSON mapping has it.
  if (text.length % 2 !== 0 || !/^[\da-f]*$/i.test(text))
    throw new BadData('is not hexadecimal, as ids are in OTLP JSON');
  return text.toLowerCase();
}

/** Base64 as it is usually written, or for URLs; comes out with its padding. */
function bytesOf(given: unknown): string {
  const text = textOf(given);
  if (!/^[\w+/-]*={0,2}$/.test(text)) throw new BadData('is not base64');
  return Buffer.from(text, 'base64').toString('base64');
}

function textOf(given: unknown): string {
  if (typeof given !== 'string') throw new BadData('is not a text');
  return given;
}

function boolOf(given: unknown): boolean {
  if (typeof given !== 'boolean') throw new BadData('is neither true nor false');
  return given;
}
