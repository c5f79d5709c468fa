import { createHash } from 'node:crypto';

/** The pattern of `SAMPLER_SHARE` that stands in examples/stack/gateway/sampler.yaml. */
export const DEFAULT_SHARE = '^(0|1[0-9])';

/** Whether the samplers keep a session without errors, as their policy `share-of-sessions` has it. */
export function isInShare(sessionId: string, pattern: string = DEFAULT_SHARE): boolean {
  return new RegExp(pattern).test(createHash('sha256').update(sessionId).digest('hex'));
}

/** The share that a pattern keeps, from 0 to 1, where it looks at no more than the first two digits. */
export function shareOf(pattern: string = DEFAULT_SHARE): number {
  const regex = new RegExp(pattern);
  const beginnings = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
  return beginnings.filter((beginning) => regex.test(beginning)).length / beginnings.length;
}
