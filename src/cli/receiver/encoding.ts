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
  problem(message: string, field: string | undefined): Uint8Array;
}

export const PROTOBUF: Encoding = {
  contentType: 'application/x-protobuf',
  decode: readProtobuf,
  response: (descriptor, message) => toBinary(descriptor, messageOf(descriptor, message)),
  problem: (message, field) => {
    const writer = text(new BinaryWriter(), STATUS.message, message);
    if (field === undefined) return writer.finish();
    const violation = text(text(new BinaryWriter(), 1, field), 2, message).finish();
    const badRequest = bytes(new BinaryWriter(), 1, violation).finish();
    const any = bytes(text(new BinaryWriter(), 1, BAD_REQUEST), 2, badRequest).finish();
    return bytes(writer, STATUS.details, any).finish();
  },
};

export const JSON_ENCODING: Encoding = {
  contentType: 'application/json',
  decode: readJson,
  response: (descriptor, message) => jsonBytes(toJson(descriptor, messageOf(descriptor, message))),
  problem: (message, field) =>
    jsonBytes({
      message,
      ...(field !== undefined && {
        details: [{ '@type': BAD_REQUEST, fieldViolations: [{ field, description: message }] }],
      }),
    }),
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
