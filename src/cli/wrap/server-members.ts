import {
  type ArrayNode,
  type ConfigMember,
  type ConfigNode,
  membersOf,
  type ObjectNode,
  type StringNode,
} from './tree.ts';

/** The names that clients have for a server's URL. */
export const URL_KEYS = ['url', 'httpUrl', 'serverUrl'] as const;

/** What decides how a server is reached: twice the same name, and nobody can say which one counts. */
const DECIDING_KEYS = ['command', 'args', 'type', ...URL_KEYS] as const;

export interface StringMember extends ConfigMember {
  readonly value: StringNode;
}

export interface ListMember extends ConfigMember {
  readonly value: StringListNode;
}

interface StringListNode extends ArrayNode {
  readonly elements: readonly StringNode[];
}

/** The one member of that name; the last one, as every parser has it, where there are several. */
export function memberOf(server: ObjectNode, name: string): ConfigMember | undefined {
  return membersOf(server, name).at(-1);
}

/** A name that is there twice, and should not be. */
export function doubled(server: ObjectNode): string | undefined {
  return DECIDING_KEYS.find((name) => membersOf(server, name).length > 1);
}

export function urlMembers(server: ObjectNode): ConfigMember[] {
  return URL_KEYS.flatMap((name) => membersOf(server, name));
}

export function isString(member: ConfigMember): member is StringMember {
  return member.value.kind === 'string';
}

export function isStringList(member: ConfigMember): member is ListMember {
  return member.value.kind === 'array' && member.value.elements.every(isStringNode);
}

function isStringNode({ kind }: ConfigNode): boolean {
  return kind === 'string';
}
