import type { ApiEvent, ApiSpan } from './api.ts';
import { codeSpan, fenced } from './markdown.ts';

/** The exceptions of events that have stacks. */
export type ReportedStacks = ReadonlyMap<ApiEvent, ApiSpan['exceptions']>;

/** Characters of one stack. */
const MAX_STACK = 20_000;

/** The exceptions of the events in a report; nothing where there are none. */
export function stacksOf(
  placed: readonly { readonly event: ApiEvent; readonly place: number }[],
  stacks: ReportedStacks,
): string[] {
  const blocks = placed.flatMap(({ event, place }) =>
    (stacks.get(event) ?? []).flatMap(({ stack }) =>
      stack === undefined ? [] : [`### ${place}. ${codeSpan(event.type)}: stack`, fenced(stack, MAX_STACK)],
    ),
  );
  const withStacks = placed.filter(({ event }) => event.stacks !== undefined).length;
  const left = withStacks - stacks.size;
  const rest = left === 0 ? [] : [`The stacks of ${left} more events are left out.`];
  return blocks.length === 0 ? [] : ['## Exceptions', ...blocks, ...rest];
}
