/**
 * What a configuration says, with the places in its text. JSON and TOML give the same tree, so that all that follows is
 * written once. The text itself is never written anew from it: comments, order and spaces belong to the user.
 */
export type ConfigNode = StringNode | ArrayNode | ObjectNode | OtherNode;

/** Where something stands: offsets into the text, the end exclusive. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

export interface StringNode extends Place {
  readonly kind: 'string';
  /** What the literal stands for: escapes are resolved. */
  readonly value: string;
}

export interface ArrayNode extends Place {
  readonly kind: 'array';
  readonly elements: readonly ConfigNode[];
}

export interface ObjectNode {
  readonly kind: 'object';
  /** In the order of the text; a name can be there twice. */
  readonly members: readonly ConfigMember[];
}

/** A number, a truth value, a date. */
export interface OtherNode extends Place {
  readonly kind: 'other';
  readonly value: unknown;
}

export interface ConfigMember {
  readonly name: string;
  readonly key: Place;
  readonly value: ConfigNode;
  /** How another member would be written behind this one. */
  readonly sibling: {
    /** `comma`: behind a comma, as in JSON. `line`: on a line of its own, as in a table of TOML. */
    readonly separator: 'comma' | 'line';
    /** Its key and what stands behind the key, where the text of this member does not tell. */
    readonly keyOf: (name: string) => string;
    readonly assign: string;
  };
}

/** How a file is written. */
export type ConfigFormat = 'json' | 'toml';

/** The file is not what it should be; the message is for users and repeats nothing of the file. */
export class NotUnderstoodError extends Error {
  override readonly name = 'NotUnderstoodError';
}

/** All members of the name. */
export function membersOf(object: ObjectNode, name: string): readonly ConfigMember[] {
  return object.members.filter((member) => member.name === name);
}

/** The line of an offset, from 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\n|\r/).length;
}

export interface Edit extends Place {
  readonly text: string;
}

/** The text with all edits made; they must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let out = '';
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    out += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return out + text.slice(at);
}
