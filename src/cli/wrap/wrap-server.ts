import { shellWord } from '../../explorer/text/shell-word.ts';
import { ACTS_ON_CMD, isReadByCmd, ourPart } from './launcher.ts';
import { left, type Outcome } from './outcome.ts';
import { addressInsteadOf, isOurAddress } from './proxy-address.ts';
import {
  doubled,
  isString,
  isStringList,
  type ListMember,
  memberOf,
  type StringMember,
  urlMembers,
} from './server-members.ts';
import type { ConfigNode, Edit, ObjectNode } from './tree.ts';

export interface WrapOptions {
  /** The words that start this package. */
  readonly launcher: readonly string[];
  /** Where to record, if not where `run` and `proxy` do by themselves; an absolute path without control characters. */
  readonly dir?: string | undefined;
  /** By the name of a server, the address that stands in for its URL. */
  readonly proxies: ReadonlyMap<string, string>;
}

/** More spaces before a name are not looked at. */
const MAX_INDENT = 200;

const STDIO_TYPES: readonly unknown[] = ['stdio', 'local'];

/**
 * Puts `run --` before a server's command.
 *
 *     "command": "uvx", "args": ["mcp-server-time"]
 *     "command": "npx", "args": ["-y", "mcp-sessionscope@0.1", "run", "--", "uvx", "mcp-server-time"]
 *
 * The file alone must tell what was there: a copy of it grows old as soon as the user changes something else, and gets
 * lost. So nothing is written anew. The literal of the command moves into the list as it is, escapes and all, and what
 * stood in the list stays where it is. What must be known besides is in the one character behind the moved literal:
 *
 * - a comma: the list had elements, and what follows the comma (and a space, unless a line ends there) was its text;
 * - a space: there was a list without elements, and what follows the space was its text;
 * - the bracket: there was no list. It is ours, with its name, and stands right behind the command.
 *
 * Options of `run` stand before the `--`, and nothing else does.
 */
export function wrapServer(text: string, name: string, server: ConfigNode, options: WrapOptions): Outcome {
  if (server.kind !== 'object') return left('it is no object');
  const twice = doubled(server);
  if (twice !== undefined) return left(`it has "${twice}" twice`);
  const address = options.proxies.get(name);
  if (urlMembers(server).length > 0) return wrapUrl(text, name, server, address, options.dir);
  if (address !== undefined) return left('it has no URL that --proxy could stand in for');
  const type = memberOf(server, 'type')?.value;
  if (type !== undefined && !(type.kind === 'string' && STDIO_TYPES.includes(type.value))) {
    return left('its type is not stdio');
  }
  return wrapCommand(text, server, options);
}

function wrapUrl(
  text: string,
  name: string,
  server: ObjectNode,
  address: string | undefined,
  dir: string | undefined,
): Outcome {
  const [url, ...others] = urlMembers(server);
  if (others.length > 0) return left('it has several URLs');
  if (memberOf(server, 'command') !== undefined) return left('it has a command and a URL');
  if (url === undefined || !isString(url)) return left('its URL is not a text');
  if (isOurAddress(url.value.value)) return left('it is wrapped already');
  if (address === undefined)
    return left(`it is reached by a URL: --proxy ${shellWord(name)}=ADDRESS wraps it`);
  return addressInsteadOf(text, url.value, address, dir);
}

function wrapCommand(text: string, server: ObjectNode, { launcher, dir }: WrapOptions): Outcome {
  const command = memberOf(server, 'command');
  const args = memberOf(server, 'args');
  if (command === undefined) return left('it has no command');
  if (!isString(command)) return left('its command is not a text');
  if (args !== undefined && !isStringList(args)) return left('its arguments are not a list of texts');
  const before = [command.value.value, ...(args?.value.elements.map(({ value }) => value) ?? [])];
  const put = [...launcher, 'run', ...(dir === undefined ? [] : ['--dir', dir]), '--'];
  const reason = reasonAgainst(server, before, args, put);
  if (reason !== undefined) return left(reason);
  return { edits: editsOf(text, command, args, put), before, after: [...put, ...before] };
}

function reasonAgainst(
  server: ObjectNode,
  words: readonly string[],
  args: ListMember | undefined,
  put: readonly string[],
): string | undefined {
  const [command = ''] = words;
  if (command.trim() === '') return 'its command is empty';
  const ours = ourPart(words);
  if (ours === 'own') return 'it is this package itself';
  if (ours !== undefined) return 'it is wrapped already';
  if (isShellLine(command, args)) return 'its command has several words: put the others into "args"';
  if (memberOf(server, 'dev') !== undefined)
    return 'it is in development mode, for which the client must start it itself';
  const sandbox = memberOf(server, 'sandboxEnabled')?.value;
  if (sandbox?.kind === 'other' && sandbox.value === true)
    return 'it runs in a sandbox, which would hold us too';
  if (isReadByCmd(put) && [...put, ...words].some((word) => ACTS_ON_CMD.test(word))) {
    return 'it has characters on which cmd.exe would act: name a command without it with --command';
  }
  return undefined;
}

/** Some clients give the command to a shell; to us it would be the name of a program. Paths can have spaces. */
function isShellLine(command: string, args: ListMember | undefined): boolean {
  const [first = '', ...others] = command.trim().split(/\s+/);
  return others.length > 0 && (args === undefined || !/[\\/]/.test(first));
}

function editsOf(
  text: string,
  command: StringMember,
  args: ListMember | undefined,
  words: readonly string[],
): Edit[] {
  const literal = text.slice(command.value.start, command.value.end);
  const [first = '', ...others] = words;
  const put = [...others.map((word) => JSON.stringify(word)), literal].join(', ');
  const replaced: Edit = { start: command.value.start, end: command.value.end, text: JSON.stringify(first) };
  if (args === undefined) {
    const at = command.value.end;
    return [replaced, { start: at, end: at, text: `${beginningOfSibling(text, command, 'args')}[${put}]` }];
  }
  const at = args.value.start + 1;
  return [replaced, { start: at, end: at, text: `${put}${separatorBefore(text, at, args)}` }];
}

function separatorBefore(text: string, at: number, { value }: ListMember): string {
  if (value.elements.length === 0) return ' ';
  return /[\r\n]/.test(text[at]!) ? ',' : ', ';
}

/** Up to the value: written as the member before it is. */
function beginningOfSibling(text: string, { key, value, sibling }: StringMember, name: string): string {
  const isOnOwnLine = sibling.separator === 'line';
  const before = text.slice(Math.max(0, key.start - MAX_INDENT), key.start);
  const [, lineEnd, indent = ''] = /(\r\n|\n|\r)?([ \t]*)$/.exec(before) ?? [];
  const assign = /^[ \t]*[=:][ \t]*$/.exec(text.slice(key.end, value.start))?.[0] ?? sibling.assign;
  const space = lineEnd === undefined ? (indent === '' ? '' : ' ') : `${lineEnd}${indent}`;
  const lead = isOnOwnLine ? `${lineEnd ?? anyLineEnd(text)}${indent}` : `,${space}`;
  return `${lead}${sibling.keyOf(name)}${assign}`;
}

function anyLineEnd(text: string): string {
  return /\r\n|\n/.exec(text)?.[0] ?? '\n';
}
