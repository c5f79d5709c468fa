import type { DescEnum, DescField, DescMessage, ScalarType } from '@bufbuild/protobuf';

/** How values of a field are written: a scalar type of protobuf, or one of these. */
export type Kind = ScalarType | 'hex' | 'enum' | 'message';

/** A field as both decoders need it, out of the generated descriptors. */
export interface Field {
  readonly number: number;
  /** The key in JSON. */
  readonly name: string;
  readonly kind: Kind;
  readonly isList: boolean;
  /** Whether the default value says something: in a `oneof`, and where the definition says `optional`. */
  readonly hasPresence: boolean;
  /** The other fields of its `oneof`, of which a message holds one at most. */
  readonly rivals: readonly string[];
  readonly message: () => Shape;
  readonly enumNumbers: ReadonlyMap<string, number>;
}

/** A message: its fields in the order of their numbers, which is the order in which they are written. */
export interface Shape {
  readonly fields: readonly Field[];
  /** By number; a number without a field is a field that we do not know. */
  readonly byNumber: readonly (Field | undefined)[];
}

/** An OTLP message as JSON has it. */
export type Json = Record<string, unknown>;

/**
 * Messages in messages; JSON that nests deeper is refused. Protobuf's own libraries have the same limit. An attribute
 * stands at the fifth level, and a list in a list takes two.
 */
export const MAX_DEPTH = 100;

/**
 * Messages and list elements of one request. A request of 20 MiB that carries attributes has half of them; one that
 * consists of empty messages would take a gigabyte and seconds.
 */
export const MAX_VALUES = 2_000_000;

/** In JSON these are hexadecimal, unlike all other bytes. */
const HEXADECIMAL = ['traceId', 'spanId', 'parentSpanId'];
/** Refer to a table that only profiles have; elsewhere they count as absent. */
const OF_PROFILES = ['stringValueStrindex', 'keyStrindex'];

const shapes = new Map<DescMessage, Shape>();

export function shapeOf(descriptor: DescMessage): Shape {
  const known = shapes.get(descriptor);
  if (known !== undefined) return known;
  const fields = descriptor.fields
    .filter(({ jsonName }) => !OF_PROFILES.includes(jsonName))
    .map(fieldOf)
    .sort((a, b) => a.number - b.number);
  const byNumber: (Field | undefined)[] = [];
  for (const field of fields) byNumber[field.number] = field;
  const shape = { fields, byNumber: Array.from(byNumber) };
  shapes.set(descriptor, shape);
  return shape;
}

/** Whether a value is what an absent field stands for. */
export function isDefault(value: unknown): boolean {
  return value === '' || value === 0 || value === '0' || value === false;
}

/** Whether a message of a field is left out where it holds nothing. */
export function isDroppedEmpty({ kind, isList, rivals }: Field): boolean {
  return kind === 'message' && !isList && rivals.length === 0;
}

/** A number as JSON can hold it. */
export function doubleOf(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function fieldOf(descriptor: DescField): Field {
  const { number, jsonName, oneof, message } = descriptor;
  return {
    number,
    name: jsonName,
    kind: kindOf(descriptor),
    isList: descriptor.fieldKind === 'list',
    hasPresence: isExplicit(descriptor),
    rivals: (oneof?.fields ?? []).flatMap((other) => (other === descriptor ? [] : other.jsonName)),
    message: () => shapeOf(message as DescMessage),
    enumNumbers: numbersOf(descriptor.enum),
  };
}

function kindOf(field: DescField): Kind {
  if (field.message !== undefined) return 'message';
  if (field.enum !== undefined) return 'enum';
  return HEXADECIMAL.includes(field.jsonName) ? 'hex' : (field.scalar as ScalarType);
}

function isExplicit(field: DescField): boolean {
  return field.oneof !== undefined || (field.fieldKind !== 'list' && field.proto.proto3Optional);
}

function numbersOf(descriptor: DescEnum | undefined): ReadonlyMap<string, number> {
  return new Map(descriptor?.values.map(({ name, number }) => [name, number]));
}
