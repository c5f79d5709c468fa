import { URL_KEYS } from './server-members.ts';
import { type ConfigMember, type ConfigNode, membersOf, type ObjectNode } from './tree.ts';

/** What says how a server is reached. */
const REACHING: readonly string[] = ['command', ...URL_KEYS];
/** Levels in which servers are looked for that stand in no place of a known client. */
const MAX_DEPTH = 4;

/** Where servers stand: names of members, from the top; `*` is every member. */
export type ContainerPath = readonly string[];

export interface FoundServer {
  /** Its name in the configuration. */
  readonly name: string;
  /** What tells it from others of the name: the project that it belongs to. */
  readonly of: string | undefined;
  /** Where it stands in the text. */
  readonly offset: number;
  readonly value: ConfigNode;
}

/** All servers that stand at one of the paths, in the order of the text. A name that is there twice is found twice. */
export function findServers(root: ObjectNode, paths: readonly ContainerPath[]): FoundServer[] {
  return paths.flatMap((path) => within(root, path, undefined)).sort((a, b) => a.offset - b.offset);
}

/** Where something stands that looks like a list of servers: objects by name, each with a command or a URL. */
export function findLikeServers(root: ObjectNode, depth = MAX_DEPTH): number | undefined {
  for (const { key, value } of root.members) {
    if (value.kind !== 'object') continue;
    if (value.members.some(isLikeServer)) return key.start;
    const below = depth === 0 ? undefined : findLikeServers(value, depth - 1);
    if (below !== undefined) return below;
  }
  return undefined;
}

function isLikeServer({ value }: ConfigMember): boolean {
  return value.kind === 'object' && value.members.some(({ name }) => REACHING.includes(name));
}

function within(node: ConfigNode, path: ContainerPath, of: string | undefined): FoundServer[] {
  if (node.kind !== 'object') return [];
  const [first, ...rest] = path;
  if (first === undefined) {
    return node.members.map(({ name, key, value }) => ({ name, of, offset: key.start, value }));
  }
  const members = first === '*' ? node.members : membersOf(node, first);
  return members.flatMap(({ name, value }) => within(value, rest, first === '*' ? name : of));
}
