import { create, type DescMessage, type MessageInitShape, toBinary, toJson } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { readJson } from './json-reader.ts';
import { readProtobuf } from './protobuf-reader.ts';
import type { Json } from './shape.ts';

/** One of the two ways in which OTLP/HTTP writes its messages. */
export interface Encoding {
  readonly contentType: string;
  /** @throws {@link BadData} where the body is no such message */
  decode(descriptor: DescMessage, body: Buffer): Json;
  response(descriptor: DescMessage, message: object): Uint8Array;
  /** A `google.rpc.Status`, which is what every answer but a success holds. */
  problem(message: string, violation?: Violation): Uint8Array;
}

/** What is wrong with a request, for `google.rpc.BadRequest`. */
export interface Violation {
  /** Empty: the body as a whole. */
  readonly field: string;
  readonly description: string;
}

export const PROTOBUF: Encoding = {
  contentType: 'application/x-protobuf',
  decode: readProtobuf,
  response: (descriptor, message) => toBinary(descriptor, messageOf(descriptor, message)),
  problem: (message, violation) => {
    const status = text(new BinaryWriter(), STATUS.message, message);
    if (violation === undefined) return status.finish();
    const { field, description } = violation;
    const inField = field === '' ? new BinaryWriter() : text(new BinaryWriter(), 1, field);
    const badRequest = bytes(new BinaryWriter(), 1, text(inField, 2, description).finish()).finish();
    const any = bytes(text(new BinaryWriter(), 1, BAD_REQUEST), 2, badRequest).finish();
    return bytes(status, STATUS.details, any).finish();
  },
};

export const JSON_ENCODING: Encoding = {
  contentType: 'application/json',
  decode: readJson,
  response: (descriptor, message) => jsonBytes(toJson(descriptor, messageOf(descriptor, message))),
  problem: (message, violation) => {
    if (violation === undefined) return jsonBytes({ message });
    const { field, description } = violation;
    const fieldViolations = [{ ...(field !== '' && { field }), description }];
    return jsonBytes({ message, details: [{ '@type': BAD_REQUEST, fieldViolations }] });
  },
};

/** The encoding that a `Content-Type` names; `undefined` where it is another one. */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  return [PROTOBUF, JSON_ENCODING].find((encoding) => encoding.contentType === type);
}

/** The numbers of the fields of google.rpc.Status; `code` is not used by OTLP. */
const STATUS = { message: 2, details: 3 };
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';

function messageOf(descriptor: DescMessage, init: object) {
  return create(descriptor, init as MessageInitShape<DescMessage>);
}

function text(writer: BinaryWriter, number: number, value: string): BinaryWriter {
  return writer.tag(number, WireType.LengthDelimited).string(value);
}

function bytes(writer: BinaryWriter, number: number, value: Uint8Array): BinaryWriter {
  return writer.tag(number, WireType.LengthDelimited).bytes(value);
}

function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
