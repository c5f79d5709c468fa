import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { type ConfigMember, type ConfigNode, NotUnderstoodError } from './tree.ts';

/** An object that is still being put together: the tables of TOML can stand anywhere. */
interface Table {
  readonly kind: 'object';
  readonly members: ConfigMember[];
}

type Separator = ConfigMember['sibling']['separator'];

/** TOML, 1.1 included: what an older version does not have cannot be in its files. */
export function parseToml(text: string): Table {
  const [top] = programOf(text).body;
  const root: Table = { kind: 'object', members: [] };
  for (const each of top.body) {
    if (each.type === 'TOMLKeyValue') addValue(root, each, 'line', text);
    // What stands in `[[…]]` is a list, and no client has its servers in one.
    else if (each.kind === 'standard') addTable(root, each, text);
  }
  return root;
}

function programOf(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text, { tomlVersion: 'next' });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new NotUnderstoodError(`line ${error.lineNumber} is not TOML`);
  }
}

function addTable(root: Table, { resolvedKey, key, body }: AST.TOMLTable, text: string): void {
  let table: Table | undefined = root;
  for (const [index, name] of resolvedKey.entries()) {
    if (typeof name === 'number') return;
    table = within(table, name, key.keys[index] ?? key);
    if (table === undefined) return;
  }
  for (const each of body) addValue(table, each, 'line', text);
}

/** `a.b.c = 1` is a member of the table `a.b`. */
function addValue(table: Table, { key, value }: AST.TOMLKeyValue, separator: Separator, text: string): void {
  const last = key.keys.at(-1)!;
  let parent: Table | undefined = table;
  for (const each of key.keys.slice(0, -1)) {
    parent = within(parent, nameOf(each), each);
    if (parent === undefined) return;
  }
  const before = text.slice(key.range[0], last.range[0]);
  parent.members.push({
    name: nameOf(last),
    key: placeOf(key),
    value: nodeOf(value, text),
    sibling: { separator, keyOf: (name) => `${before}${name}`, assign: ' = ' },
  });
}

/** The table of the name, made where it is not there yet; nothing where something else has the name. */
function within(table: Table, name: string, at: AST.TOMLNode): Table | undefined {
  const found = table.members.find((member) => member.name === name);
  if (found !== undefined) return found.value.kind === 'object' ? (found.value as Table) : undefined;
  const value: Table = { kind: 'object', members: [] };
  const sibling: ConfigMember['sibling'] = { separator: 'line', keyOf: (key) => key, assign: ' = ' };
  table.members.push({ name, key: placeOf(at), value, sibling });
  return value;
}

function nodeOf(node: AST.TOMLContentNode, text: string): ConfigNode {
  const place = placeOf(node);
  if (node.type === 'TOMLArray') {
    return { kind: 'array', ...place, elements: node.elements.map((each) => nodeOf(each, text)) };
  }
  if (node.type === 'TOMLInlineTable') {
    const table: Table = { kind: 'object', members: [] };
    for (const each of node.body) addValue(table, each, 'comma', text);
    return table;
  }
  if (node.kind === 'string') return { kind: 'string', ...place, value: node.value };
  return { kind: 'other', ...place, value: node.value };
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

function placeOf({ range }: AST.TOMLNode): { start: number; end: number } {
  return { start: range[0], end: range[1] };
}
