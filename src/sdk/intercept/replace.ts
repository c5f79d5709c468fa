export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What every function has. */
const OF_EVERY_FUNCTION: ReadonlySet<PropertyKey> = new Set([
  'length',
  'name',
  'prototype',
  'arguments',
  'caller',
]);

/**
 * Puts a function of ours in the place of a method. One that an accessor makes is left alone, for no setter of the
 * owner's is to run; so is one that a Proxy makes up: it may call what we would put beneath it, and that it again.
 *
 * @returns whether ours is what the owner's code will call.
 */
export function replaceMethod(target: object, name: string, replace: (original: Method) => Method): boolean {
  const methods = target as Record<string, unknown>;
  const original = methods[name];
  if (typeof original !== 'function' || isAccessor(target, name)) return false;
  const isOwn = Object.hasOwn(target, name);
  const beneath = isOwn
    ? Reflect.getOwnPropertyDescriptor(target, name)?.value
    : Object.getPrototypeOf(target)?.[name];
  if (typeof beneath !== 'function') return false;
  const binds = original !== beneath && original.name === boundName(beneath);
  if (original !== beneath && !binds) return false;
  const ours = replace(original as Method);
  try {
    methods[name] = ours;
    const standing = methods[name];
    if (standing === ours || (binds && (standing as Method).name === boundName(ours))) return true;
    if (isOwn) methods[name] = beneath;
    else Reflect.deleteProperty(target, name);
  } catch {
    // It is frozen.
  }
  return false;
}

/** Of what `bind` makes of a function. Ours have no name, or another one than what they stand for. */
function boundName(method: Method): string {
  return `bound ${method.name}`;
}

/** Functions without properties of their own: to look each time would cost more than all else that is done for a call. */
const plain = new WeakSet<object>();

/** Gives a function of ours the properties of the one that it stands for. */
export function withPropertiesOf<T extends object>(original: object, ours: T): T {
  if (plain.has(original)) return ours;
  const own = Reflect.ownKeys(original).filter((key) => !OF_EVERY_FUNCTION.has(key));
  if (own.length === 0) plain.add(original);
  for (const key of own) {
    const property = Reflect.getOwnPropertyDescriptor(original, key);
    if (property !== undefined) Reflect.defineProperty(ours, key, property);
  }
  return ours;
}

/** A `replace` that makes one function for each original: the objects of a class share it. */
export function sharing(replace: (original: Method) => Method): (original: Method) => Method {
  const made = new WeakMap<Method, Method>();
  return (original) => {
    let ours = made.get(original);
    if (ours === undefined) {
      ours = withPropertiesOf(original, replace(original));
      made.set(original, ours);
      // An object can be observed again, after a shutdown.
      made.set(ours, ours);
    }
    return ours;
  };
}

/** By prototype and name: whether an accessor makes the method. A server per request must be cheap. */
const inherited = new WeakMap<object, Map<string, boolean>>();

function isAccessor(target: object, name: string): boolean {
  const prototype: object | null = Object.getPrototypeOf(target);
  if (prototype === null || Object.hasOwn(target, name)) return findsAccessor(target, name);
  let known = inherited.get(prototype);
  if (known === undefined) {
    known = new Map();
    inherited.set(prototype, known);
  }
  let answer = known.get(name);
  if (answer === undefined) {
    answer = findsAccessor(prototype, name);
    known.set(name, answer);
  }
  return answer;
}

function findsAccessor(from: object, name: string): boolean {
  for (let owner: object | null = from; owner !== null; owner = Object.getPrototypeOf(owner)) {
    const property = Object.getOwnPropertyDescriptor(owner, name);
    if (property !== undefined) return !('value' in property);
  }
  return false;
}
