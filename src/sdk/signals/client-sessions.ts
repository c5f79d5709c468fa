import type { Attributes } from '@opentelemetry/api';
import type { ClientFacts } from '../intercept/client-facts.ts';
import { type Identity, metricIdentity, setWire } from './attributes.ts';
import type { Instruments } from './instruments.ts';
import * as semconv from './semconv.ts';
import type { Limits } from './signal-parts.ts';

/** Connections that are known to be open at most; the oldest of more are recorded as if they ended. */
const MAX_OPEN = 10_000;

/** The connections of a manager's clients: of each, how long it was open. */
export class ClientSessions {
  readonly #open = new Set<ClientFacts>();
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

  open(facts: ClientFacts): void {
    const [oldest] = this.#open.size >= MAX_OPEN ? this.#open : [];
    if (oldest !== undefined) this.end(oldest, facts.startedAt);
    this.#open.add(facts);
  }

  /** @param now - on the monotonic clock, in milliseconds */
  end(facts: ClientFacts, now: number): void {
    if (!this.#open.delete(facts)) return;
    const { errorType, sending, protocolVersion } = facts;
    const attributes = metricIdentity(this.#identity);
    setWire(attributes, sending, protocolVersion);
    if (errorType !== undefined)
      attributes[semconv.ATTR_ERROR_TYPE] = this.#limits.errorType.admit(errorType);
    this.#record((now - facts.startedAt) / 1000, attributes);
  }

  endAll(now: number): void {
    for (const facts of this.#open) this.end(facts, now);
  }
}
