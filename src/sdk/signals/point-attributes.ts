import type { Attributes } from '@opentelemetry/api';
import type { Operation, Wire } from '../operation/operation.ts';
import type { Subject } from '../protocol/methods.ts';
import { type Identity, methodLabel, operationMetricAttributes, sizeMetricAttributes } from './attributes.ts';
import { lasting } from './lasting.ts';

/** What the data points of an operation carry, besides how it ended. */
export interface PointAttributes {
  readonly duration: Attributes;
  readonly sizes: Attributes;
}

/** With what they were made of, besides method and name. */
interface Known extends PointAttributes {
  readonly kind: Subject['kind'] | undefined;
  readonly protocolVersion: string | undefined;
  readonly wire: Wire;
}

/** Names are few: `Limits`. A server may register methods, or a client connect to servers, without end. */
const MAX_METHODS = 1_000;
const MAX_OF_NAME = 50;
const NONE: readonly Known[] = [];

/** Operations of one kind share their sets: neither we nor the SDK put anything together for each. */
export class PointAttributeSets {
  readonly #identity: Identity;
  /** By method, then by name. */
  readonly #known = new Map<string, Map<string | undefined, readonly Known[]>>();

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  /** @param name the registered tool or prompt, or `_OTHER` */
  of(operation: Operation, name: string | undefined): PointAttributes {
    const method = methodLabel(operation);
    for (const known of this.#known.get(method)?.get(name) ?? NONE) {
      if (isOf(known, operation)) return known;
    }
    const known = {
      kind: operation.subject?.kind,
      protocolVersion: operation.protocolVersion,
      wire: { ...operation.wire },
      duration: lasting(operationMetricAttributes(this.#identity, operation, name)),
      sizes: lasting(sizeMetricAttributes(this.#identity, operation, name)),
    };
    this.#keep(method, name, known);
    return known;
  }

  #keep(method: string, name: string | undefined, known: Known): void {
    if (this.#known.size >= MAX_METHODS && !this.#known.has(method)) this.#known.clear();
    const ofMethod = this.#known.get(method) ?? new Map<string | undefined, readonly Known[]>();
    const ofName = ofMethod.get(name) ?? NONE;
    ofMethod.set(name, ofName.length < MAX_OF_NAME ? [...ofName, known] : [known]);
    this.#known.set(method, ofMethod);
  }
}

function isOf(known: Known, { subject, protocolVersion, wire }: Operation): boolean {
  return (
    known.kind === subject?.kind && known.protocolVersion === protocolVersion && isSameWire(known.wire, wire)
  );
}

function isSameWire(one: Wire, other: Wire): boolean {
  return (
    one.networkTransport === other.networkTransport &&
    one.networkProtocolName === other.networkProtocolName &&
    one.networkProtocolVersion === other.networkProtocolVersion &&
    one.serverAddress === other.serverAddress &&
    one.serverPort === other.serverPort
  );
}
