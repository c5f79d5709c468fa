import { ourPart } from './launcher.ts';
import { left, type Outcome } from './outcome.ts';
import { isOurAddress, urlBehindAddress } from './proxy-address.ts';
import {
  doubled,
  isString,
  isStringList,
  type ListMember,
  memberOf,
  type StringMember,
  urlMembers,
} from './server-members.ts';
import type { ConfigNode, Edit, Place, StringNode } from './tree.ts';

/** What stands between two elements of a list, where nobody has written anything there. */
const GAP = /^\s*,\s*$/;

/**
 * Undoes what `wrapServer` has done, and says nothing of a server that is not wrapped. Where the file was laid out anew
 * since (clients do, when they write it), it becomes what it said before; where it was not, what it was, to the byte.
 */
export function unwrapServer(text: string, server: ConfigNode): Outcome | undefined {
  if (server.kind !== 'object') return undefined;
  const urls = urlMembers(server);
  const url = urls.find((member) => isString(member) && isOurAddress(member.value.value));
  if (url !== undefined && urls.length === 1) return urlBehindAddress(text, url.value as StringNode);
  const command = memberOf(server, 'command');
  const args = memberOf(server, 'args');
  if (command === undefined || args === undefined || !isString(command) || !isStringList(args))
    return undefined;
  const before = [command.value.value, ...args.value.elements.map(({ value }) => value)];
  const ours = ourPart(before);
  if (ours === undefined || ours === 'own') return undefined;
  if (doubled(server) !== undefined) return left('it has a name twice');
  if (ours.original === undefined)
    return left('nothing in it says where its own command begins: -- is missing');
  const edits = editsOf(text, command, args, ours.original - 1);
  if (edits === undefined) return left('somebody has written a comment into what wrap has put in');
  return { edits, before, after: before.slice(ours.original) };
}

/** @param index - of the server's own command among the arguments */
function editsOf(text: string, command: StringMember, args: ListMember, index: number): Edit[] | undefined {
  const own = args.value.elements[index]!;
  const next = args.value.elements[index + 1];
  const cut = isAsWritten(text, args, index)
    ? cutAsWritten(text, command, args, own, next)
    : cutLaidOutAnew(text, args, own, next);
  if (cut === undefined) return undefined;
  return [{ ...placeOf(command.value), text: text.slice(own.start, own.end) }, cut];
}

/** Whether all before the server's own command is to the byte what `wrap` writes. */
function isAsWritten(text: string, { value }: ListMember, index: number): boolean {
  const words = value.elements.slice(0, index).map((element) => `${JSON.stringify(element.value)}, `);
  const start = value.start + 1;
  return (
    text.startsWith(words.join(''), start) && start + words.join('').length === value.elements[index]!.start
  );
}

function cutAsWritten(
  text: string,
  command: StringMember,
  args: ListMember,
  own: StringNode,
  next: StringNode | undefined,
): Edit | undefined {
  const start = args.value.start + 1;
  const behind = text[own.end];
  if (behind === ']' && isRightBehind(text, command, args)) {
    return { start: command.value.end, end: args.value.end, text: '' };
  }
  if (next === undefined) return { start, end: own.end + (behind === ' ' ? 1 : 0), text: '' };
  if (behind !== ',') return cutLaidOutAnew(text, args, own, next);
  return { start, end: own.end + (text[own.end + 1] === ' ' ? 2 : 1), text: '' };
}

/** Whether there is nothing between the command and the name of the list: then `wrap` has put it there. */
function isRightBehind(text: string, command: StringMember, args: ListMember): boolean {
  return (
    args.key.start >= command.value.end && /^[\s,]*$/.test(text.slice(command.value.end, args.key.start))
  );
}

function cutLaidOutAnew(
  text: string,
  { value }: ListMember,
  own: StringNode,
  next: StringNode | undefined,
): Edit | undefined {
  const gone = value.elements.slice(0, value.elements.indexOf(own) + 1);
  const kept = next === undefined ? gone : [...gone, next];
  const isPlain = kept.every((each, i) => i === 0 || GAP.test(text.slice(kept[i - 1]!.end, each.start)));
  if (!isPlain) return undefined;
  if (next !== undefined) return { start: gone[0]!.start, end: next.start, text: '' };
  const around = text.slice(value.start + 1, gone[0]!.start) + text.slice(own.end, value.end - 1);
  return /^[\s,]*$/.test(around) ? { ...placeOf(value), text: '[]' } : undefined;
}

function placeOf({ start, end }: Place): Place {
  return { start, end };
}
