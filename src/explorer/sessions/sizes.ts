import { estimatedTokens } from '../text/tokens.ts';

/** More is nothing that was sent in one message; what is kept of a size are four bytes. */
const MAX_SIZE = 0xffffffff;

/** Bytes of what was asked and of what was answered, where they are known. */
export interface Sizes {
  readonly requestSize?: number | undefined;
  readonly responseSize?: number | undefined;
}

/** Bytes of a message, as a span tells them; `undefined` for what is none. */
export function sizeOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_SIZE
    ? value
    : undefined;
}

/** The estimate for what was asked and what was answered; `undefined` where neither is known. */
export function tokensOf({ requestSize, responseSize }: Sizes): number | undefined {
  if (requestSize === undefined && responseSize === undefined) return undefined;
  return estimatedTokens((requestSize ?? 0) + (responseSize ?? 0));
}

/** Those that cost most, the costliest first. */
export function mostCostly<T extends Sizes>(all: readonly T[], count: number): T[] {
  return all
    .filter((each) => tokensOf(each) !== undefined)
    .sort((a, b) => tokensOf(b)! - tokensOf(a)!)
    .slice(0, count);
}
