import * as z from 'zod';
import type { Range } from '../store/types.ts';
import { SINCE_FORMS, sinceOf } from '../text/time-input.ts';

/** An argument that cannot be answered; the message tells the model what to do instead. */
export class WrongArgumentError extends Error {
  override readonly name = 'WrongArgumentError';
}

const TIME = 'A duration before now (`15m`, `2h`, `7d`) or an ISO 8601 time (`2026-11-20T14:00:00Z`).';

/** Arguments that choose a time. */
export const timeArguments = {
  since: z.string().optional().describe(`Only what happened at this time or later. ${TIME}`),
  until: z.string().optional().describe(`Only what happened at this time or earlier. ${TIME}`),
};

export const serviceArgument = {
  service: z.string().optional().describe('Only this server: its `service.name`, as answers show it.'),
};

export const cursorArgument = {
  cursor: z
    .string()
    .optional()
    .describe('`next_cursor` of the answer before, with the same other arguments: gives the next page.'),
};

/** @param most - of one answer */
export function limitArgument(usual: number, most: number) {
  return {
    limit: z
      .number()
      .int()
      .min(1)
      .max(most)
      .default(usual)
      .describe(`At most this many in one answer; fewer where the answer would be too long.`),
  };
}

/**
 * The times as Unix milliseconds.
 *
 * @throws {@link WrongArgumentError}
 */
export function rangeOf(
  {
    since,
    until,
    service,
  }: { since?: string | undefined; until?: string | undefined; service?: string | undefined },
  now: number,
): Range {
  const range = {
    from: timeOf('since', since, now),
    to: timeOf('until', until, now),
    service: given(service),
  };
  if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
    throw new WrongArgumentError('since is after until: swap them.');
  }
  return range;
}

/** Models give an empty text where they mean none. */
export function given(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

function timeOf(name: string, value: string | undefined, now: number): number | undefined {
  const text = given(value);
  if (text === undefined) return undefined;
  const time = sinceOf(text, now);
  if (time === undefined) throw new WrongArgumentError(`${name}: ${SINCE_FORMS}`);
  return time;
}
