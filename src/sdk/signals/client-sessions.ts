import type { Attributes } from '@opentelemetry/api';
import type { Wire } from '../operation/operation.ts';
import { type Identity, metricIdentity, setWire } from './attributes.ts';
import type { Instruments } from './instruments.ts';
import * as semconv from './semconv.ts';
import type { Limits } from './signal-parts.ts';

/** What is told of one connection of a client. It refers to neither client nor transport. */
export interface OpenConnection {
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
  readonly sending: Wire;
  readonly protocolVersion: string | undefined;
  /** Why it is over, where that is an error. */
  readonly errorType: string | undefined;
}

/** Connections that are known to be open at most; the oldest of more are recorded as if they ended. */
const MAX_OPEN = 10_000;

/** The connections of a manager's clients: of each, how long it was open. */
export class ClientSessions {
  readonly #open = new Set<OpenConnection>();
  readonly #record: (seconds: number, attributes: Attributes) => void;
  readonly #identity: Identity;
  readonly #limits: Limits;

  constructor(
    { ownSessionDuration }: Instruments,
    identity: Identity,
    limits: Limits,
    process: (attributes: Attributes) => Attributes,
  ) {
    this.#identity = identity;
    this.#limits = limits;
    this.#record = (seconds, attributes) => ownSessionDuration.record(seconds, process(attributes));
  }

  open(connection: OpenConnection): void {
    const [oldest] = this.#open.size >= MAX_OPEN ? this.#open : [];
    if (oldest !== undefined) this.end(oldest, connection.startedAt);
    this.#open.add(connection);
  }

  /** @param now - on the monotonic clock, in milliseconds */
  end(connection: OpenConnection, now: number): void {
    if (!this.#open.delete(connection)) return;
    const { errorType, sending, protocolVersion } = connection;
    const attributes = metricIdentity(this.#identity);
    setWire(attributes, sending, protocolVersion);
    if (errorType !== undefined)
      attributes[semconv.ATTR_ERROR_TYPE] = this.#limits.errorType.admit(errorType);
    this.#record((now - connection.startedAt) / 1000, attributes);
  }

  endAll(now: number): void {
    for (const connection of this.#open) this.end(connection, now);
  }
}
