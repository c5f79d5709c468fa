import { ABSENT, Interner } from './interner.ts';

/** Characters of one, and how many are kept whole; behind them is room for groups. */
const [MAX_LENGTH, MAX_WHOLE] = [512, 20_000];
/** Of the parts of a URI that name a group. */
const MAX_PART = 100;
const URI = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?/i;

/**
 * What URIs have in common, the narrower first: a server, a scheme. A scheme of a URI is there always: what has none is a
 * group of its own.
 */
const GROUPS: readonly ((uri: string) => string)[] = [
  (uri) => {
    const [, scheme = '', authority] = URI.exec(uri) ?? [];
    if (authority === undefined || scheme.length + authority.length > MAX_PART) return schemeOf(uri);
    return `${scheme}://${authority}/…`;
  },
  schemeOf,
];

/** Gives URIs of resources and names of prompts numbers. Bounded: of too many URIs, those of one server have one number. */
export class Targets extends Interner {
  constructor() {
    super({ texts: 60_000, length: MAX_LENGTH, total: 16e6 });
  }

  override numberOf(text: string | undefined): number {
    if (text === undefined) return ABSENT;
    const isKept = text.length <= MAX_LENGTH && (this.size < MAX_WHOLE || this.find(text) !== ABSENT);
    return super.numberOf(isKept || !URI.test(text) ? text : GROUPS[0]!(text));
  }
}

/** Texts in groups. */
export interface Grouping {
  readonly names: readonly string[];
  /** How many different texts each has. */
  readonly sizes: readonly number[];
  /** The place of a text's group in both, by the text's number. */
  readonly places: Uint16Array;
}

/** As few in a group as there may be groups: each text alone, those of one server, those of one scheme. */
export function groupingOf(texts: Interner, numbers: ReadonlySet<number>, most: number): Grouping {
  const alone = grouped(texts, numbers, (text) => text);
  return GROUPS.reduce(
    (before, group) => (before.names.length <= most ? before : grouped(texts, numbers, group)),
    alone,
  );
}

function grouped(texts: Interner, numbers: ReadonlySet<number>, groupOf: (text: string) => string): Grouping {
  const places = new Uint16Array(texts.size);
  const members = new Map<string, string[]>();
  const placesOfGroups = new Map<string, number>();
  for (const number of numbers) {
    const text = texts.textOf(number);
    const group = groupOf(text);
    const place = placesOfGroups.get(group) ?? placesOfGroups.size;
    placesOfGroups.set(group, place);
    places[number] = place;
    const others = members.get(group);
    if (others === undefined) members.set(group, [text]);
    else others.push(text);
  }
  return {
    names: [...members].map(([group, all]) => (all.length === 1 ? all[0]! : group)),
    sizes: [...members.values()].map((all) => all.length),
    places,
  };
}

function schemeOf(uri: string): string {
  const scheme = URI.exec(uri)?.[1];
  return scheme === undefined || scheme.length > MAX_PART ? '…' : `${scheme}:…`;
}
