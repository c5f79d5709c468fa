import { joinNames, splitNames } from '../../sdk/protocol/names.ts';
import type { AttributeValue } from '../recording/otlp.ts';

/** What is recorded of the answer to a `tools/list`. */
export interface ListedTools {
  readonly names: readonly string[];
  /** The answer held more: long ones are recorded in part. */
  readonly hasMore: boolean;
  /** How many tools it held. */
  readonly count: number;
}

/** The attributes that tell of it: `mcp.tools.names_list`, `mcp.tools.names` and `mcp.tools.count`. */
export interface ListAttributes {
  readonly list: AttributeValue | undefined;
  readonly joined: AttributeValue | undefined;
  readonly count: AttributeValue | undefined;
}

/** `undefined` where the names are not recorded. */
export function listedToolsOf({ list, joined, count }: ListAttributes): ListedTools | undefined {
  const told = namesOf(list, joined);
  if (told === undefined) return count === 0 ? { names: [], hasMore: false, count } : undefined;
  const { names, hasMore } = told;
  const known = names.length;
  return typeof count === 'number' && count > known
    ? { names, hasMore: true, count }
    : { names, hasMore, count: known };
}

/** The same as one text, which {@link splitNames} reads. */
export function listText(listed: ListedTools | undefined): string {
  return listed === undefined ? joinNames([], true) : joinNames(listed.names, listed.hasMore);
}

function namesOf(list: AttributeValue | undefined, joined: AttributeValue | undefined) {
  if (Array.isArray(list)) return { names: list.map(String), hasMore: false };
  return typeof joined === 'string' ? splitNames(joined) : undefined;
}
