import type { ApiEvent } from '../../server/api.ts';

/** Events that stand beside each other; a session that has none there leaves its place empty. */
export interface Pair {
  readonly left: ApiEvent | undefined;
  readonly right: ApiEvent | undefined;
}

/** Events of two sessions, the same steps beside each other as far as their order allows. */
export function alignByOrder(left: readonly ApiEvent[], right: readonly ApiEvent[]): Pair[] {
  const pairs: Pair[] = [];
  let i = 0;
  let j = 0;
  for (const [nextLeft, nextRight] of [...sameSteps(left, right), [left.length, right.length] as const]) {
    // What stands between two steps that are the same is another thing on each side.
    while (i < nextLeft || j < nextRight) {
      pairs.push({
        left: i < nextLeft ? left[i] : undefined,
        right: j < nextRight ? right[j] : undefined,
      });
      i = Math.min(i + 1, nextLeft);
      j = Math.min(j + 1, nextRight);
    }
    if (nextLeft < left.length && nextRight < right.length)
      pairs.push({ left: left[nextLeft], right: right[nextRight] });
    i = nextLeft + 1;
    j = nextRight + 1;
  }
  return pairs;
}

/** Events of two sessions by how long after the start of their session they were. */
export function alignByTime(
  left: readonly ApiEvent[],
  right: readonly ApiEvent[],
  [leftStartMs, rightStartMs]: readonly [number, number],
): Pair[] {
  const pairs: Pair[] = [];
  let j = 0;
  for (const event of left) {
    for (; j < right.length && right[j]!.timeMs - rightStartMs < event.timeMs - leftStartMs; j += 1)
      pairs.push({ left: undefined, right: right[j] });
    pairs.push({ left: event, right: undefined });
  }
  return [...pairs, ...right.slice(j).map((event) => ({ left: undefined, right: event }))];
}

/** How two events that stand beside each other differ; `undefined`: they do not. */
export function differenceOf({ left, right }: Pair): string | undefined {
  if (left === undefined || right === undefined) return 'only here';
  if (left.type !== right.type) return 'another step';
  return left.status === right.status ? undefined : 'ended otherwise';
}

/** Places of the longest sequence of steps that both have. */
function sameSteps(left: readonly ApiEvent[], right: readonly ApiEvent[]): (readonly [number, number])[] {
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        left[i]!.type === right[j]!.type
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const steps: [number, number][] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i]!.type === right[j]!.type) {
      steps.push([i, j]);
      i += 1;
      j += 1;
    } else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i += 1;
    else j += 1;
  }
  return steps;
}
