import { type Random, randomFrom } from '../../../../bench/ui/random.ts';
import { POOLS, type PoolName, type Pools } from '../pools.ts';
import type { Caller, Ledger } from './ledger.ts';
import type { Place } from './places.ts';
import { type Call, RecordedClient, type Sdk } from './recorded-client.ts';

/** What goes on beside others at the same replicas: it yields where another one may have its turn. */
export interface Happening {
  readonly pool: PoolName;
  readonly turns: AsyncGenerator<void, void>;
}

/** How a caller is signed in: by tokens of one subject, or by one token that says nothing of whose it is. */
export type SignedIn = 'subject' | 'token';

/** What is given of a caller; the rest is made, and is its alone. */
export interface CallerSpec extends Pick<Caller, 'kind' | 'pool'> {
  /** What the client calls itself. */
  readonly name: string;
  readonly version?: string;
  readonly address?: string;
  readonly signedIn?: SignedIn | undefined;
}

const TOOLS = ['search', 'price', 'stock', 'refuse', 'fail', 'no_such_tool'];
const TOKEN_DIGITS = 43;
const LARGEST_SEED = 2 ** 32 - 1;
const SPOOFED = { 'x-forwarded-for': '198.51.100.66', forwarded: 'for=198.51.100.66' } as const;

/** Where conversations are had, and everything that they are made of by chance. */
export class Stage {
  readonly random: Random;
  readonly #pools: Pools;
  readonly #ledger: Ledger;
  #callers = 0;

  constructor(pools: Pools, ledger: Ledger, random: Random) {
    this.#pools = pools;
    this.#ledger = ledger;
    this.random = random;
  }

  caller({ name, version, address, signedIn, ...served }: CallerSpec): Caller {
    this.#callers += 1;
    const number = this.#callers;
    const principal = signedIn === 'subject' ? `user${number}` : `token_${this.random.hex(TOKEN_DIGITS)}`;
    return {
      ...served,
      client: { name, version: version ?? `1.0.${number}` },
      address: address ?? `203.0.113.${number}`,
      ...(signedIn !== undefined && { principal }),
    };
  }

  /** @param play - with chances of its own, so that what others do changes nothing */
  happening({ pool }: Caller, play: (hand: Hand) => AsyncGenerator<void, void>): Happening {
    const random = randomFrom(1 + this.random.below(LARGEST_SEED));
    return { pool, turns: play(new Hand(this.#pools, this.#ledger, random)) };
  }
}

/** What the clients of one happening need. */
export class Hand {
  readonly random: Random;
  readonly #pools: Pools;
  readonly #ledger: Ledger;

  constructor(pools: Pools, ledger: Ledger, random: Random) {
    this.random = random;
    this.#pools = pools;
    this.#ledger = ledger;
  }

  /** @param talk - whose conversation every HTTP request names, where its place is there */
  open(caller: Caller, sdk: Sdk, talk?: Talk): Promise<RecordedClient> {
    const { pool, principal } = caller;
    return RecordedClient.open({
      url: this.#pools.urlOf(pool),
      ledger: this.#ledger,
      caller,
      sdk,
      // Tokens of a subject are renewed.
      token:
        principal?.startsWith('user') === true
          ? `subject.${principal}.${this.random.hex(TOKEN_DIGITS)}`
          : principal,
      // What a client says of its own address is a lie.
      headers: { [POOLS[pool].forwards]: SPOOFED[POOLS[pool].forwards], ...talk?.headers },
      conversation: talk?.headers === undefined ? undefined : talk.call.conversation,
    });
  }

  /** @param hex - 32 digits that its id is made of */
  talk(place: Place, label: string, hex = this.random.hex(32)): Talk {
    const id = place.id(hex);
    const meta = place.meta?.(id);
    const headers = place.headers?.(id);
    return { call: { label, conversation: id, ...(meta !== undefined && { meta }) }, headers };
  }

  tool(): string {
    return this.random.of(TOOLS);
  }
}

/** A conversation: what a call says of it, and what every HTTP request says. */
export interface Talk {
  readonly call: Call;
  readonly headers: Readonly<Record<string, string>> | undefined;
}
