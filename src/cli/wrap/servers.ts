import { type ConfigNode, membersOf, type ObjectNode } from './tree.ts';

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

function within(node: ConfigNode, path: ContainerPath, of: string | undefined): FoundServer[] {
  if (node.kind !== 'object') return [];
  const [first, ...rest] = path;
  if (first === undefined) {
    return node.members.map(({ name, key, value }) => ({ name, of, offset: key.start, value }));
  }
  const members = first === '*' ? node.members : membersOf(node, first);
  return members.flatMap(({ name, value }) => within(value, rest, first === '*' ? name : of));
}
