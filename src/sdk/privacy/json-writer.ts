import { byteSize, describeBinary, describeBinaryMember } from './binary.ts';
import { REDACTED } from './found.ts';
import { type Container, type Member, openContainer, unbox } from './json-members.ts';
import { hidesItem, hidesMember } from './json-secrets.ts';
import { redactText, rewriteText } from './redact.ts';
import { truncate } from './truncate.ts';

/** A member that writes nothing still is work; so many are looked at beside those that fit. */
const SPARE_VISITS = 10_000;

/** A longer number is no number to read, and its digits take long to compute. */
const MAX_BIGINT = 10n ** 100n;

const CIRCULAR = '[Circular]';
const UNREADABLE = '[Unreadable]';

/** The JSON text of any value, at most `limit` code units long, whatever the value does. */
export function writeJson(value: unknown, limit: number, sanitize: boolean): string {
  return new JsonWriter(limit, sanitize).write(value);
}

interface Frame extends Container {
  /** The object itself, and what its `toJSON` gave instead. */
  readonly owners: readonly object[];
  isEmpty: boolean;
  /** The item before, in a list: a name, or an option of a command. */
  previous: unknown;
}

/** Walks without recursion, so that depth is bounded by the text and not by the stack. */
class JsonWriter {
  #out = '';
  #visits: number;
  readonly #frames: Frame[] = [];
  /** The objects between the root and here: one of them again is a cycle. */
  readonly #path = new Set<unknown>();
  readonly #limit: number;
  readonly #sanitize: boolean;

  constructor(limit: number, sanitize: boolean) {
    this.#limit = limit;
    this.#sanitize = sanitize;
    this.#visits = limit + SPARE_VISITS;
  }

  write(root: unknown): string {
    this.#value(root, '');
    let frame = this.#frames.at(-1);
    while (frame !== undefined && this.#out.length <= this.#limit && this.#visits-- > 0) {
      const member = frame.next();
      if (member === undefined) this.#close(frame);
      else if (frame.isList) this.#item(frame, member);
      else this.#member(frame, member);
      frame = this.#frames.at(-1);
    }
    return truncate(this.#out, this.#limit, frame === undefined);
  }

  #item(frame: Frame, member: Member): void {
    this.#separate(frame);
    const value = attempt(member.read);
    if (this.#sanitize && hidesItem(frame.previous, value)) this.#out += `"${REDACTED}"`;
    else this.#value(value, member.key);
    frame.previous = value;
  }

  #member(frame: Frame, member: Member): void {
    const { key, read } = member;
    if (this.#sanitize && attempt(() => hidesMember(frame.owners.at(-1)!, member)) !== false) {
      this.#key(frame, key);
      this.#out += `"${REDACTED}"`;
      return;
    }
    const value = attempt(() => {
      const raw = read();
      return describeBinaryMember(frame.owners.at(-1)!, key, raw) ?? raw;
    });
    if (value === undefined) return;
    this.#key(frame, key);
    this.#value(value, key);
  }

  #key(frame: Frame, key: string): void {
    this.#separate(frame);
    this.#string(key);
    this.#out += ':';
  }

  #separate(frame: Frame): void {
    if (!frame.isEmpty) this.#out += ',';
    frame.isEmpty = false;
  }

  #value(value: unknown, key: string): void {
    if (typeof value === 'object' && value !== null) this.#object(value, key);
    else this.#primitive(value);
  }

  #primitive(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.#string(value);
        return;
      case 'number':
        this.#number(value);
        return;
      case 'bigint':
        this.#string(value < MAX_BIGINT && value > -MAX_BIGINT ? String(value) : '[BigInt]');
        return;
      case 'symbol':
        this.#string(String(value));
        return;
      case 'function':
        this.#string('[Function]');
        return;
      default:
        this.#out += value === undefined ? 'null' : String(value);
    }
  }

  #number(value: number): void {
    const text = String(value);
    const canBeCard = this.#sanitize && Number.isInteger(value) && value >= 1e12;
    const isPlain = Number.isFinite(value) && (!canBeCard || redactText(text) === text);
    if (isPlain) this.#out += text;
    else this.#string(text);
  }

  /** The rules see the text as it is: in its JSON form an escape could hide where a secret starts. */
  #string(value: string): void {
    const room = Math.max(0, this.#limit - this.#out.length) + 1;
    const { text, isComplete } = rewriteText(value, room, this.#sanitize);
    this.#out += JSON.stringify(isComplete ? text : `${text}…`);
  }

  #object(value: object, key: string): void {
    if (this.#path.has(value)) {
      this.#string(CIRCULAR);
      return;
    }
    const shown = attempt(() => plain(value, key));
    if (typeof shown !== 'object' || shown === null) this.#primitive(shown);
    else if (shown !== value && this.#path.has(shown)) this.#string(CIRCULAR);
    else this.#open(value, shown);
  }

  #open(value: object, shown: object): void {
    const container = attempt(() => openContainer(shown, tagOf(shown)));
    if (container === UNREADABLE) {
      this.#string(UNREADABLE);
      return;
    }
    const frame: Frame = { ...container, owners: [value, shown], isEmpty: true, previous: undefined };
    for (const owner of frame.owners) this.#path.add(owner);
    this.#frames.push(frame);
    this.#out += frame.isList ? '[' : '{';
  }

  #close(frame: Frame): void {
    for (const owner of frame.owners) this.#path.delete(owner);
    this.#frames.pop();
    this.#out += frame.isList ? ']' : '}';
  }
}

/** What JSON shows for an object: its bytes by size, what its `toJSON` says, the value of a box, else itself. */
function plain(value: object, key: string): unknown {
  const bytes = byteSize(value, tagOf(value));
  if (bytes !== undefined) return describeBinary(undefined, bytes);
  const { toJSON } = value as { toJSON?: unknown };
  const shown: unknown = typeof toJSON === 'function' ? toJSON.call(value, key) : value;
  if (typeof shown !== 'object' || shown === null) return shown;
  const tag = tagOf(shown);
  const shownBytes = shown === value ? undefined : byteSize(shown, tag);
  return shownBytes === undefined ? unbox(shown, tag) : describeBinary(undefined, shownBytes);
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

function attempt<T>(read: () => T): T | typeof UNREADABLE {
  try {
    return read();
  } catch {
    return UNREADABLE;
  }
}
