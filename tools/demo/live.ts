import { LIVE_VISITS, LONG_CHAT } from './live-visits.ts';
import type { Traffic } from './traffic.ts';
import type { Visit } from './visits.ts';

/** Visitors at the same time, beside the one who stays. */
const AT_A_TIME = 5;
/** Between two arrivals, at least and at most: about ten clients, and fifty calls, a minute. */
const ARRIVAL_MS = [4_000, 8_000] as const;

/**
 * Clients that come, call tools and go, one after the other and a few at a time, until the traffic is stopped.
 *
 * @param failed - told of visits that could not be played
 * @param visits - how many come; default: without end
 */
export async function keepComing(
  traffic: Traffic,
  failed: (error: unknown) => void,
  visits = Number.POSITIVE_INFINITY,
): Promise<void> {
  const here = new Set<Promise<void>>();
  const come = (visit: Visit): void => {
    const played: Promise<void> = attempt(traffic, visit, failed).finally(() => here.delete(played));
    here.add(played);
  };
  // It stays longer than anybody waits for.
  void attempt(traffic, LONG_CHAT, failed);
  for (let i = 0; i < visits && !traffic.stopped.aborted; i += 1) {
    if (here.size >= AT_A_TIME) await Promise.race(here);
    come(LIVE_VISITS[i % LIVE_VISITS.length]!);
    await traffic.pause(between(...ARRIVAL_MS)).catch(() => {});
  }
  await Promise.all(here);
}

async function attempt(traffic: Traffic, visit: Visit, failed: (error: unknown) => void): Promise<void> {
  try {
    await traffic.visit(visit);
  } catch (error) {
    if (!traffic.stopped.aborted) failed(error);
  }
}

function between(least: number, most: number): number {
  return least + Math.random() * (most - least);
}
