import type { PoolName } from '../pools.ts';
import { KINDS } from './ledger.ts';
import { PLACES, type Place } from './places.ts';
import type { Sdk } from './recorded-client.ts';
import type { Happening, SignedIn, Stage } from './stage.ts';

const PER_KIND = 10;
const ALL_POOLS: readonly PoolName[] = ['stateful', 'stateless', 'stateless-no-secret'];
/** Where principals are known, and by what: without the secret, only a token that nobody can guess tells them apart. */
const KNOWN: readonly (readonly [PoolName, SignedIn])[] = [
  ['stateless', 'subject'],
  ['stateless', 'token'],
  ['stateless-no-secret', 'token'],
  ['stateful', 'subject'],
  ['stateful', 'token'],
];
const [CHATGPT, VSCODE] = PLACES as readonly [Place, Place];
const CHATGPT_HEADER: Place = { ...CHATGPT, headers: (id) => ({ 'x-openai-session': id }) };
/** Who has no conversation id: users of one program, some of them behind one address. */
const PROGRAM = { name: 'desk', version: '2.0.0' };
const OFFICE = '192.0.2.7';
/** Where a hosted chat calls from, for all of its users. */
const EGRESS = '192.0.2.77';

/** Ten conversations of each kind. */
export function conversations(stage: Stage): Happening[] {
  const ten = Array.from({ length: PER_KIND }, (_, i) => i);
  // These are two at a time.
  const five = ten.slice(0, PER_KIND / 2);
  return [
    ...ten.map((i) => renewed(stage, i)),
    ...ten.map((i) => inPlace(stage, i)),
    ...five.map((i) => twoAtOnce(stage, i)),
    ...five.flatMap((i) => claimedTwice(stage, i)),
    ...ten.map((i) => withoutId(stage, i, 'stateless')),
    ...ten.map((i) => withoutId(stage, i, 'stateless-no-secret')),
  ];
}

/**
 * A hosted chat: a connection for nearly every call. Some name the conversation in calls alone, some everywhere. Of those
 * without a principal, all users have one address and one client.
 */
function renewed(stage: Stage, i: number): Happening {
  const isStateful = i % 2 === 0;
  const pool = isStateful ? 'stateful' : 'stateless-no-secret';
  const caller = stage.caller({
    ...{ kind: KINDS[0], pool, name: CHATGPT.client },
    ...(isStateful ? { signedIn: 'token' } : { version: '1.0.0', address: EGRESS }),
  });
  return stage.happening(caller, async function* (hand) {
    const talk = hand.talk(i < 5 ? CHATGPT : CHATGPT_HEADER, `renewed ${i}`);
    const sdk = i % 4 < 2 ? 'v1' : 'v2';
    const open = () => hand.open(caller, sdk, talk);
    let client = await open();
    for (let call = 0; call < 14; call += 1) {
      yield;
      await client.call(hand.tool(), talk.call);
      yield;
      if (hand.random.below(6) === 0) continue;
      // Its end is not the end of the conversation.
      if (hand.random.below(2) === 0) await client.end();
      else await client.close();
      client = await open();
    }
    await client.call(hand.tool(), talk.call);
    await client.close();
  });
}

/** A client of each kind that says what conversation it is in. */
function inPlace(stage: Stage, i: number): Happening {
  const place = PLACES[i] as Place;
  const pool = ALL_POOLS[i % ALL_POOLS.length] as PoolName;
  const caller = stage.caller({ kind: KINDS[1], pool, name: place.client });
  return stage.happening(caller, async function* (hand) {
    const talk = hand.talk(place, `in place ${i}`);
    const client = await hand.open(caller, sdkFor(pool, i), talk);
    yield;
    await client.listTools(place.onLists === true ? talk.call : {});
    for (let call = 0; call < 9; call += 1) {
      yield;
      await client.call(hand.tool(), talk.call);
    }
    await client.end();
  });
}

/** Two conversations of one principal, over one connection or over one each. */
function twoAtOnce(stage: Stage, i: number): Happening {
  const [pool, signedIn] = KNOWN[i] as (typeof KNOWN)[number];
  const caller = stage.caller({ kind: KINDS[2], pool, name: VSCODE.client, signedIn });
  return stage.happening(caller, async function* (hand) {
    const talks = ['left', 'right'].map((side) => hand.talk(VSCODE, `at once ${i} ${side}`));
    const first = await hand.open(caller, sdkFor(pool, i));
    const second = i % 2 === 0 ? first : await hand.open(caller, sdkFor(pool, i));
    await first.listTools();
    for (let call = 0; call < 16; call += 1) {
      yield;
      const side = call < 2 ? call : hand.random.below(2);
      await (side === 0 ? first : second).call(hand.tool(), talks[side]!.call);
    }
    await first.end();
    if (second !== first) await second.end();
  });
}

/** Two principals who say that they are in the same conversation. */
function claimedTwice(stage: Stage, i: number): Happening[] {
  const [pool, signedIn] = KNOWN[i] as (typeof KNOWN)[number];
  const hex = stage.random.hex(32);
  return ['one', 'other'].map((who) => {
    const caller = stage.caller({ kind: KINDS[3], pool, name: CHATGPT.client, signedIn });
    return stage.happening(caller, async function* (hand) {
      const talk = hand.talk(CHATGPT, `claimed ${i} by ${who}`, hex);
      const client = await hand.open(caller, sdkFor(pool, i), talk);
      for (let call = 0; call < 8; call += 1) {
        yield;
        await client.call(hand.tool(), talk.call);
      }
      await client.end();
    });
  });
}

/** Nothing tells it from others but who calls, or from where. */
function withoutId(stage: Stage, i: number, pool: 'stateless' | 'stateless-no-secret'): Happening {
  const kind = pool === 'stateless' ? KINDS[4] : KINDS[5];
  const signedIn = i % 2 === 0 ? 'subject' : 'token';
  const caller = stage.caller({
    ...{ kind, pool, ...PROGRAM },
    ...(i < 5 ? {} : { signedIn, address: OFFICE }),
  });
  return stage.happening(caller, async function* (hand) {
    const client = await hand.open(caller, sdkFor(pool, i));
    yield;
    await client.listTools();
    for (let call = 0; call < 10; call += 1) {
      yield;
      await client.call(hand.tool(), { label: `${kind} ${i}` });
    }
    await client.end();
  });
}

function sdkFor(pool: PoolName, i: number): Sdk {
  if (pool === 'stateful') return i % 2 === 0 ? 'v1' : 'v2';
  return (['modern', 'v1', 'modern', 'v2'] as const)[i % 4] as Sdk;
}
