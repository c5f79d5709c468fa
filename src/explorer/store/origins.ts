import { ABOUT_FIELDS } from '../sessions/known-about.ts';
import type { SessionAbout } from '../sessions/session-span.ts';
import { shortened } from './bounds.ts';
import { ABSENT, Interner } from './interner.ts';

/** Who recorded a span, for which client: the same for very many spans. */
export interface Origin extends SessionAbout {
  /** `service.instance.id`; empty where it is not known. */
  readonly instance: string;
  /** Of an agent's library whose span stands for what a client sent: see `ClientSide`. */
  readonly agentScope: string | undefined;
}

const MAX_ORIGINS = 500_000;
/** Of all of them together. */
const MAX_CHARACTERS = 64e6;
/** Of names of servers, which are shared. */
const MAX_LISTS = 1_000;
const UNDEFINED = '\u0001';
export const NOBODY: Origin = {
  instance: '',
  agentScope: undefined,
  source: undefined,
  service: undefined,
  clientName: undefined,
  clientVersion: undefined,
  protocolVersion: undefined,
  transport: undefined,
  sender: undefined,
  seenByClient: undefined,
};

type Fields = Readonly<Record<keyof Origin, string | undefined>>;

/** Gives origins numbers, so that a column holds them. Bounded: one too many is nobody's. */
export class Origins {
  readonly #numbers = new Map<string, number>();
  readonly #origins: Origin[] = [NOBODY];
  readonly #serviceLists = new Map<string, readonly string[]>();
  #characters = 0;
  /** Names of servers. */
  readonly services = new Interner({ texts: 60_000, length: 256, total: 8e6 });
  /** The number of each origin's server, by the origin's number. */
  readonly serviceNumbers: number[] = [ABSENT];

  /** @param guess - the number that it may have, most likely */
  numberOf(origin: Fields, guess = 0): number {
    if (guess !== 0 && isSame(this.#origins[guess]!, origin)) return guess;
    const kept = shortenedOrigin(origin);
    const key = keyOf(kept);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#origins.length >= MAX_ORIGINS || this.#characters + key.length > MAX_CHARACTERS) return 0;
    const number = this.#origins.length;
    this.#characters += key.length;
    this.#numbers.set(key, number);
    this.serviceNumbers.push(this.services.numberOf(kept.service));
    this.#origins.push(kept);
    return number;
  }

  /** The names as a list: nearly all sessions share one of a few. */
  serviceList(names: ReadonlySet<string>): readonly string[] {
    const list = [...names];
    const key = list.join('\0');
    const known = this.#serviceLists.get(key);
    if (known !== undefined) return known;
    if (this.#serviceLists.size < MAX_LISTS) this.#serviceLists.set(key, list);
    return list;
  }

  get(number: number): Origin {
    return this.#origins[number] ?? NOBODY;
  }
}

function shortenedOrigin(origin: Fields): Origin {
  return {
    instance: shortened(origin.instance) ?? '',
    agentScope: shortened(origin.agentScope),
    service: shortened(origin.service),
    source: shortened(origin.source),
    clientName: shortened(origin.clientName),
    clientVersion: shortened(origin.clientVersion),
    protocolVersion: shortened(origin.protocolVersion),
    transport: shortened(origin.transport),
    sender: shortened(origin.sender),
    seenByClient: shortened(origin.seenByClient),
  };
}

function keyOf(origin: Origin): string {
  const about = ABOUT_FIELDS.map((field) => origin[field] ?? UNDEFINED);
  return [origin.instance, origin.agentScope ?? UNDEFINED, ...about].join('\0');
}

/** Field by field: it is asked for nearly every span. */
function isSame(known: Origin, other: Fields): boolean {
  return (
    known.instance === (other.instance ?? '') &&
    known.service === other.service &&
    known.source === other.source &&
    known.clientName === other.clientName &&
    known.clientVersion === other.clientVersion &&
    known.protocolVersion === other.protocolVersion &&
    known.transport === other.transport &&
    known.sender === other.sender &&
    known.seenByClient === other.seenByClient &&
    known.agentScope === other.agentScope
  );
}
