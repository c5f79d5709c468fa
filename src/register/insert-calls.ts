import { inCode } from './text-places.ts';

/** What is called: a plain name, so that the call has no quotes and fits into text that is itself in a string. */
export const CALLED = '__mcpSessionscope';

/** What the low-level `connect` holds. Names of members, which bundlers and minifiers keep. */
const LOW_LEVEL = '._onrequest(';

/** What a `connect` holds that stands around the low-level one, and what comes behind the transport there. */
interface Outer {
  readonly needle: string;
  readonly behind: ')' | ',';
  /** Whether it is an SDK's own, whose object is known for what it is by this text. */
  readonly isOfSdk: boolean;
}

const OUTER: readonly Outer[] = [
  // `McpServer` of both SDKs, and what applications build alike: by it, what tools throw is seen.
  { needle: '.server.connect(', behind: ')', isOfSdk: false },
  // `Client` of v2 asks the server what it speaks before the low-level one is called.
  { needle: '._connectNegotiated(', behind: ',', isOfSdk: true },
];

/** The bodies that are looked for hold one of these. */
const NEEDLES = [LOW_LEVEL, ...OUTER.map(({ needle }) => needle)];

/** The head of a method or function called `connect`, up to its brace; the first parameter is the transport. */
const HEAD =
  /\bconnect(?:\s*[=:]\s*(?:async\s+)?function\b[\s\w$]{0,40})?\s{0,4}\(\s{0,4}([A-Za-z_$][\w$]{0,60})[^(){}]{0,200}\)\s{0,4}\{/g;
/** Characters between the head and the needle at most; comments of the sources are among them. */
const MAX_BODY = 4_000;
/** The same for the wrapper, which does little more than call. */
const MAX_WRAPPER = 600;
/** Behind the needle, until the transport is started. */
const MAX_REST = 1_500;
/** What connects a server to its transport, in the order in which both SDKs have always done it. */
const STEPS = ['.onclose', '.onerror', '.onmessage'] as const;

/** What may stand before the first statement and has to stay there: `"use strict"`, and comments before it. */
const DIRECTIVES =
  /(?:(?:\s|\/\/[^\n]*\n|\/\*[^*]{0,500}\*\/)*(['"])use [\w ]{1,40}\1(?:\s*;|(?=[^\S\n]*[\n}])))*/y;

/** Says where a source map is. */
const MAPPED = /^\/\/[#@] sourceMappingURL=/m;
/** Bundles hold a few copies of an SDK at most. */
const MAX_PLACES = 200;

/** One search of a module's text, for most hold neither. */
export function mayHoldConnect(source: string | Buffer): boolean {
  return NEEDLES.some((needle) => source.includes(needle));
}

/**
 * Puts calls into the text of a module: at the head of each low-level `connect` of an MCP SDK, of each `connect` of what
 * is around it, and one at the end that says that the module was run. No line moves. No column does behind the line of a
 * call, nor where a bundle is one line: what the call takes is made up for in the body of `connect`.
 *
 * @returns `undefined` where there is nothing to insert
 */
export function insertCalls(source: string): string | undefined {
  if (source.includes(`${CALLED}?.(`)) return undefined;
  const outer = OUTER.flatMap((each) => outerEdits(source, each));
  const found = [...lowLevelEdits(source), ...outer].sort((a, b) => a.at - b.at);
  if (found.length === 0) return undefined;
  const code = inCode(
    source,
    found.map(({ at }) => at),
  );
  const edits = found.filter(({ at }) => code.has(at));
  if (edits.length === 0) return undefined;
  let text = '';
  let read = 0;
  for (const { at, removed, put } of edits) {
    // Two needles may lead to one place.
    if (at < read) continue;
    text += source.slice(read, at) + put;
    read = at + removed;
  }
  return `${text}${source.slice(read)}\nglobalThis.${CALLED}?.();`;
}

/** One change of the text. */
interface Edit {
  readonly at: number;
  readonly removed: number;
  readonly put: string;
}

/** The head of a method that a needle was found behind. */
interface Head {
  /** Behind its brace, and its directives. */
  readonly at: number;
  readonly parameter: string;
  readonly directives: string;
}

function lowLevelEdits(source: string): Edit[] {
  return placesOf(source, LOW_LEVEL).flatMap((needle) => {
    const head = headBefore(source, needle, MAX_BODY);
    if (head === undefined) return [];
    const body = source.slice(head.at, needle);
    const assigned = indexOfAssignment(body, head.parameter);
    if (assigned === -1 || !inOrder(body, assigned)) return [];
    const rest = source.slice(needle, needle + MAX_REST);
    const start = rest.indexOf('.start()');
    if (start === -1) return [];
    return withSameColumns(source, head, head.at + assigned, needle + start);
  });
}

function outerEdits(source: string, { needle, behind, isOfSdk }: Outer): Edit[] {
  return placesOf(source, needle).flatMap((place) => {
    const head = headBefore(source, place, MAX_WRAPPER);
    if (head === undefined) return [];
    const passesOn = source
      .slice(place + needle.length)
      .trimStart()
      .startsWith(`${head.parameter}${behind}`);
    // There is nothing to make up with: where a source map counts columns, these come first.
    if (!passesOn || (!endsLine(source, head.at) && MAPPED.test(source))) return [];
    return [{ at: head.at, removed: 0, put: callOf(head, isOfSdk ? `,${head.parameter}` : '') }];
  });
}

/** All places of a text; a bundle may hold several copies of an SDK. */
function placesOf(source: string, needle: string): number[] {
  const places: number[] = [];
  let at = source.indexOf(needle);
  while (at !== -1 && places.length < MAX_PLACES) {
    places.push(at);
    at = source.indexOf(needle, at + 1);
  }
  return places;
}

/** The nearest one. */
function headBefore(source: string, needle: number, within: number): Head | undefined {
  const from = Math.max(0, needle - within);
  const match = [...source.slice(from, needle).matchAll(HEAD)].at(-1);
  if (match === undefined) return undefined;
  const brace = from + match.index + match[0].length;
  const directives = directivesAt(source, brace);
  return { at: brace + directives.length, parameter: match[1] as string, directives };
}

function directivesAt(source: string, at: number): string {
  DIRECTIVES.lastIndex = at;
  return DIRECTIVES.exec(source)?.[0] ?? '';
}

function indexOfAssignment(body: string, parameter: string): number {
  const name = parameter.replaceAll('$', '\\$');
  return body.search(new RegExp(`\\._transport\\s{0,4}=\\s{0,4}${name}(?![\\w$.])`));
}

function inOrder(body: string, from: number): boolean {
  let at = from;
  for (const step of STEPS) {
    const found = body.slice(at).search(new RegExp(`\\${step}\\s{0,4}=(?!=)`));
    if (found === -1) return false;
    at += found;
  }
  return true;
}

/** @param more - what the call takes beside the object that connects */
function callOf({ directives }: Head, more: string): string {
  // The last directive may end with its line.
  const end = directives === '' || directives.endsWith(';') ? '' : ';';
  return `${end}globalThis.${CALLED}?.(this${more});`;
}

function endsLine(source: string, at: number): boolean {
  return /^[^\S\n]*(?:\/\/[^\n]*)?(?:\n|$)/.test(source.slice(at, at + 200));
}

/**
 * The call, and where code follows on its line, as much taken away from the rest of the body: `this._transport` is the
 * parameter once that is assigned. So the columns of all that follows stay, by which source maps find their places.
 */
function withSameColumns(source: string, head: Head, assigned: number, start: number): Edit[] {
  const call = callOf(head, `,${head.parameter}`);
  const insertion = { at: head.at, removed: 0, put: call };
  if (endsLine(source, head.at)) return [insertion];
  const long = 'this._transport';
  const saved = long.length - head.parameter.length;
  const lineEnd = source.indexOf('\n', head.at);
  const end = Math.min(start + 1, lineEnd === -1 ? source.length : lineEnd);
  const replaced: Edit[] = [];
  const uses = /this\._transport(?=\.(?:on(?:close|error|message)\s{0,4}=(?!=)|start\(\)))/g;
  const body = source.slice(assigned, start + '.start()'.length);
  for (const { index } of body.matchAll(uses)) {
    const at = assigned + index;
    if (replaced.length * saved >= call.length || at >= end) break;
    replaced.push({ at, removed: long.length, put: head.parameter });
  }
  const spare = replaced.length * saved - call.length;
  if (spare < 0) return [insertion];
  return [{ ...insertion, put: `${call}${' '.repeat(spare)}` }, ...replaced];
}
