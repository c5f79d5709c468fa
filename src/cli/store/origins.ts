import type { SessionAbout } from '../sessions/session-span.ts';
import { shortened } from './bounds.ts';

/** Who recorded a span, for which client: the same for very many spans. */
export interface Origin extends SessionAbout {
  /** `service.instance.id`; empty where it is not known. */
  readonly instance: string;
}

const MAX_ORIGINS = 500_000;
const ABSENT = '\u0001';
const NOBODY: Origin = {
  instance: '',
  source: undefined,
  service: undefined,
  clientName: undefined,
  clientVersion: undefined,
  protocolVersion: undefined,
  transport: undefined,
};

/** Gives origins numbers, so that a column holds them. Bounded: one too many is nobody's. */
export class Origins {
  readonly #numbers = new Map<string, number>();
  readonly #origins: Origin[] = [NOBODY];

  numberOf(origin: Readonly<Record<keyof Origin, string | undefined>>): number {
    const { instance, service, source, clientName, clientVersion, protocolVersion, transport } = origin;
    const key = `${instance ?? ''}\0${service ?? ABSENT}\0${source ?? ABSENT}\0${clientName ?? ABSENT}\0${clientVersion ?? ABSENT}\0${protocolVersion ?? ABSENT}\0${transport ?? ABSENT}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#origins.length >= MAX_ORIGINS) return 0;
    const number = this.#origins.length;
    this.#numbers.set(key, number);
    this.#origins.push({
      instance: shortened(instance) ?? '',
      service: shortened(service),
      source: shortened(source),
      clientName: shortened(clientName),
      clientVersion: shortened(clientVersion),
      protocolVersion: shortened(protocolVersion),
      transport: shortened(transport),
    });
    return number;
  }

  get(number: number): Origin {
    return this.#origins[number] ?? NOBODY;
  }

  get size(): number {
    return this.#origins.length;
  }
}
