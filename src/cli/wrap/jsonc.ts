import { type Node, type ParseError, parseTree } from 'jsonc-parser';
import { type ConfigMember, type ConfigNode, lineOf, NotUnderstoodError, type ObjectNode } from './tree.ts';

const SIBLING: ConfigMember['sibling'] = {
  separator: 'comma',
  keyOf: (name) => JSON.stringify(name),
  assign: ': ',
};

/** JSON, with comments and trailing commas where the client takes them. */
export function parseJsonc(text: string): ObjectNode {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const [error] = errors;
  if (error !== undefined) {
    throw new NotUnderstoodError(`line ${lineOf(text, error.offset)} is not JSON`);
  }
  // A file in which nothing stands yet: clients make such files.
  if (root === undefined) return { kind: 'object', members: [] };
  if (root.type !== 'object') throw new NotUnderstoodError('it holds no JSON object');
  return objectOf(root);
}

function objectOf({ children = [] }: Node): ObjectNode {
  return { kind: 'object', members: children.map(memberOf) };
}

function memberOf({ children = [] }: Node): ConfigMember {
  const [key, value] = children as [Node, Node];
  return {
    name: key.value as string,
    key: placeOf(key),
    value: nodeOf(value),
    sibling: SIBLING,
  };
}

function nodeOf(node: Node): ConfigNode {
  if (node.type === 'object') return objectOf(node);
  const place = placeOf(node);
  if (node.type === 'array') return { kind: 'array', ...place, elements: (node.children ?? []).map(nodeOf) };
  if (node.type === 'string') return { kind: 'string', ...place, value: node.value as string };
  return { kind: 'other', ...place, value: node.value };
}

function placeOf({ offset, length }: Node): { start: number; end: number } {
  return { start: offset, end: offset + length };
}
