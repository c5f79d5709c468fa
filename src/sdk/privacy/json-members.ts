/** One member of an object, an array, a map or a set. */
export interface Member {
  readonly key: string;
  /** Runs foreign code where the member is a getter or the owner a Proxy; can throw. */
  readonly read: () => unknown;
  /** Whether `read` would run a getter. */
  readonly isComputed?: () => boolean;
}

/** Something that JSON shows with brackets, to be walked one member at a time. */
export interface Container {
  readonly isList: boolean;
  readonly next: () => Member | undefined;
}

/** The members of any object, by what `Object.prototype.toString` calls it. May throw where the value is hostile. */
export function openContainer(value: object, tag: string): Container {
  if (Array.isArray(value)) return openList(value);
  switch (tag) {
    case '[object Map]':
      return openMap(value as Map<unknown, unknown>) ?? openObject(value, Object.keys(value));
    case '[object Set]':
      return openSet(value as Set<unknown>) ?? openObject(value, Object.keys(value));
    case '[object Error]':
      return openObject(value, errorKeys(value));
    default:
      return openObject(value, Object.keys(value));
  }
}

/** `new String('x')` is the text, not an object of letters. */
export function unbox(value: object, tag: string): unknown {
  switch (tag) {
    case '[object String]':
      return intrinsic(() => String.prototype.valueOf.call(value)) ?? value;
    case '[object Number]':
      return intrinsic(() => Number.prototype.valueOf.call(value)) ?? value;
    case '[object Boolean]':
      return intrinsic(() => Boolean.prototype.valueOf.call(value)) ?? value;
    case '[object BigInt]':
      return intrinsic(() => BigInt.prototype.valueOf.call(value)) ?? value;
    default:
      return value;
  }
}

function openList(list: readonly unknown[]): Container {
  const { length } = list;
  let index = 0;
  return {
    isList: true,
    next: () => {
      if (!(index < length)) return undefined;
      const at = index++;
      return { key: String(at), read: () => list[at] };
    },
  };
}

function openObject(value: object, keys: readonly string[]): Container {
  let index = 0;
  return {
    isList: false,
    next: () => {
      const key = keys[index++];
      if (key === undefined) return undefined;
      return {
        key,
        read: () => (value as Record<string, unknown>)[key],
        isComputed: () => Object.getOwnPropertyDescriptor(value, key)?.get !== undefined,
      };
    },
  };
}

function openMap(map: Map<unknown, unknown>): Container | undefined {
  const entries = intrinsic(() => Map.prototype.entries.call(map));
  if (entries === undefined) return undefined;
  return {
    isList: false,
    next: () => {
      const { done, value } = entries.next();
      return done === true ? undefined : { key: keyText(value[0]), read: () => value[1] };
    },
  };
}

function openSet(set: Set<unknown>): Container | undefined {
  const values = intrinsic(() => Set.prototype.values.call(set));
  if (values === undefined) return undefined;
  return {
    isList: true,
    next: () => {
      const { done, value } = values.next();
      return done === true ? undefined : { key: '', read: () => value };
    },
  };
}

/** `undefined` for what only says it is of that kind: a Proxy, or an object with that `Symbol.toStringTag`. */
function intrinsic<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

/** What an error says, without the stack: that is long, and full of the paths of the machine. */
function errorKeys(error: object): string[] {
  const hidden = ['cause', 'errors'].filter((key) => Object.hasOwn(error, key));
  return [...new Set(['name', 'message', ...hidden, ...Object.keys(error)])].filter((key) => key !== 'stack');
}

function keyText(key: unknown): string {
  const isObject = (typeof key === 'object' && key !== null) || typeof key === 'function';
  return isObject ? '[Object]' : String(key);
}
