import type { LogLine } from '../recording/log-records.ts';
import type { EventStatus } from './outcome.ts';

/** `sent`: by the server to the client. `custom`: the server author's own span. */
export type EventKind = 'session' | 'request' | 'notification' | 'sent' | 'custom';

/** Something that happened in a session. */
export interface SessionEvent {
  readonly kind: EventKind;
  /** Unix milliseconds, with fractions. */
  readonly timeMs: number;
  /** `session start`, `initialize`, `tools/call get_weather`, `session end (stdin_eof)` … */
  readonly type: string;
  readonly method: string | undefined;
  /** The tool, prompt or resource that it was about. */
  readonly target: string | undefined;
  /** Milliseconds; `undefined` for what takes no time. */
  readonly latencyMs: number | undefined;
  readonly status: EventStatus | undefined;
  readonly error: string | undefined;
  /** JSON text, where arguments and results were captured. */
  readonly arguments: string | undefined;
  readonly result: string | undefined;
  readonly requestId: string | undefined;
  /** `jsonrpc.request.id`: on the wire. */
  readonly rpcId: string | undefined;
  /** How many exceptions were recorded with their stacks; `undefined` without any. */
  readonly stacks: number | undefined;
  /** Bytes of the messages. */
  readonly requestSize: number | undefined;
  readonly responseSize: number | undefined;
  readonly traceId: string;
  readonly spanId: string;
  /** The line that a `notifications/message` is. */
  readonly message: LogLine | undefined;
  /** Of a request that both sides recorded: how long it took the one who asked, less how long the other. */
  readonly networkMs: number | undefined;
  /** What the one who asked made of it, where that is an error and the answer was none. */
  readonly clientError: string | undefined;
  /** `client`: nobody else recorded it, though the server recorded the session. */
  readonly side: 'client' | undefined;
}

/** An event below what it belongs to: a span of the server's own code below its request. */
export interface NestedEvent extends SessionEvent {
  /** 0: below nothing but the session. */
  readonly depth: number;
}
