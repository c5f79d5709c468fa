import type { IncomingHttpHeaders } from 'node:http';
import { createParser } from 'eventsource-parser';
import { isRecord } from '../../sdk/protocol/json-rpc.ts';
import { Bytes } from '../stdio/bytes.ts';
import { type Line, Lines, MAX_WHOLE } from '../stdio/lines.ts';
import { LongLine } from '../stdio/long-line.ts';
import { type BodyReader, createBodyReader } from './body.ts';

/** A message as it is read: of a very long one the most important. */
export interface ReadMessage {
  readonly message: Record<string, unknown>;
  /** Of its JSON, where that was shortened. */
  readonly bytes: number | undefined;
  /** Of the event that brought it, where the server has given it one. */
  readonly eventId?: string | undefined;
}

/** Told what messages a body holds. */
export interface MessageListener {
  message(read: ReadMessage): void;
  /** An event has an id: the client can ask for those after it. */
  canResume?(): void;
  /** Where the messages of the client go to, which the older transport tells with its first event. */
  endpoint?(path: string): void;
  /** All of them were told. */
  end(): void;
}

/** Of a compressed body, which may hold more than anybody would send. */
const MAX_BODY = 256 * 1024 * 1024;

/** Reads the messages of a body as it passes; `undefined` where it holds none. */
export function createMessageReader(
  headers: IncomingHttpHeaders,
  listener: MessageListener,
): BodyReader | undefined {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  switch (type.trim().toLowerCase()) {
    case 'application/json':
      return jsonReader(headers, listener);
    case 'text/event-stream':
      return eventReader(headers, listener);
    default:
      return undefined;
  }
}

function jsonReader(headers: IncomingHttpHeaders, listener: MessageListener): BodyReader {
  const begun = new Bytes();
  let long: LongLine | undefined;
  let length = 0;
  return createBodyReader(headers, {
    data(chunk) {
      length += chunk.length;
      if (long === undefined && length > MAX_WHOLE) {
        long = new LongLine();
        long.add(begun.view());
        begun.clear();
      }
      (long ?? begun).add(chunk);
      return length <= MAX_BODY;
    },
    end(isWhole) {
      const text = long === undefined ? begun.view().toString() : long.text();
      if (isWhole) tell(listener, text, long === undefined ? undefined : length);
      begun.clear();
      listener.end();
    },
  });
}

function eventReader(headers: IncomingHttpHeaders, listener: MessageListener): BodyReader {
  const lines = new Lines();
  let isFirst = true;
  let bytes: number | undefined;
  const parser = createParser({
    // Several lines can be one event.
    maxBufferSize: 4 * MAX_WHOLE,
    onEvent({ id, event, data }) {
      if (id !== undefined) listener.canResume?.();
      if (event === 'endpoint') listener.endpoint?.(data);
      else tell(listener, data, bytes, id);
      bytes = undefined;
    },
    onError({ type }) {
      if (type === 'max-buffer-size-exceeded') parser.reset();
    },
  });
  const feed = (line: Line): void => {
    if (line.bytes > MAX_WHOLE) bytes = line.bytes - 'data: '.length;
    const text = line.text ?? '';
    parser.feed(`${isFirst ? withoutMark(text) : text}\n`);
    isFirst = false;
  };
  return createBodyReader(headers, {
    data(chunk) {
      lines.feed(chunk);
      for (let line = lines.next(); line !== undefined; line = lines.next()) {
        feed(line);
      }
      return true;
    },
    end() {
      // Lines may end by a carriage return alone, as the parser knows.
      const rest = lines.last();
      if (rest !== undefined) feed(rest);
      listener.end();
    },
  });
}

/** One message, or the messages of a batch; nothing of what is no JSON-RPC. */
function tell(
  listener: MessageListener,
  text: string | undefined,
  bytes: number | undefined,
  eventId?: string,
): void {
  const parsed = parsedOf(text);
  const isOne = !Array.isArray(parsed);
  for (const message of isOne ? [parsed] : parsed) {
    if (isRecord(message) && message['jsonrpc'] === '2.0') {
      listener.message({ message, bytes: isOne ? bytes : undefined, eventId });
    }
  }
}

function parsedOf(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(withoutMark(text));
  } catch {
    return undefined;
  }
}

/** A byte order mark may stand before a text, and is no part of it (WHATWG Encoding, "UTF-8 decode"). */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
