import { type Loaded, withCalls } from './loaded-text.ts';

type NextLoad = (url: string, context: unknown) => Promise<Loaded>;

/** The hook of `module.register`, which Node.js runs in a thread of its own. */
export async function load(url: string, context: unknown, nextLoad: NextLoad): Promise<Loaded> {
  return withCalls(await nextLoad(url, context));
}
