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
 * Puts a function of ours in the place of a method. The property is defined, not assigned, so that no setter of the
 * owner's runs; a method that an accessor makes is left alone.
 *
 * @returns whether ours is what the owner's code will call: not on a frozen object, nor behind a Proxy that answers
 *   for itself.
 */
export function replaceMethod(target: object, name: string, replace: (original: Method) => Method): boolean {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== 'function' || isAccessor(target, name)) return false;
  const ours = replace(original as Method);
  const own = Reflect.getOwnPropertyDescriptor(target, name);
  const change =
    own === undefined
      ? { value: ours, writable: true, configurable: true, enumerable: false }
      : { value: ours };
  if (!Reflect.defineProperty(target, name, change)) return false;
  const standing: unknown = Reflect.get(target, name);
  if (standing === ours) return true;
  // A Proxy may bind what it hands out.
  return standing !== original && Reflect.getOwnPropertyDescriptor(target, name)?.value === ours;
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

function isAccessor(target: object, name: string): boolean {
  for (let owner: object | null = target; owner !== null; owner = Reflect.getPrototypeOf(owner)) {
    const property = Reflect.getOwnPropertyDescriptor(owner, name);
    if (property !== undefined) return !('value' in property);
  }
  return false;
}
