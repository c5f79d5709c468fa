import type { Random } from '../../../../bench/ui/random.ts';
import { POOLS } from '../pools.ts';
import type { Happening } from './stage.ts';

/**
 * Plays everything, turn by turn: at each pool one request is under way, and by chance the next is of another
 * conversation. So the conversations overlap, and the same replica has the same requests in every run.
 */
export async function play(
  happenings: readonly Happening[],
  randomFor: () => Random,
  signal: AbortSignal,
): Promise<void> {
  const pools = Object.keys(POOLS).map((pool) => ({
    random: randomFor(),
    open: happenings.filter((each) => each.pool === pool),
  }));
  await Promise.all(
    pools.map(async ({ random, open }) => {
      while (open.length > 0) {
        signal.throwIfAborted();
        const next = random.below(open.length);
        const { done } = await (open[next] as Happening).turns.next();
        if (done === true) open.splice(next, 1);
      }
    }),
  );
}
