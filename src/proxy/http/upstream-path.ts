/**
 * The path, with its query, that a request goes to at the origin of `target`; `undefined` where it asks for something
 * that is no path: another host in absolute form, `*`, or what is none at all.
 *
 * Our root and the path of `target` are `target` itself, with the query that it was given with; every other path is the
 * same there, for the server's other endpoints: where messages go to that a stream of events is answered for, and what
 * `/.well-known` tells of its authorization.
 */
export function upstreamPath(target: URL, asked: string | undefined): string | undefined {
  if (asked === undefined || !asked.startsWith('/')) return undefined;
  const [path = '', ...rest] = asked.split('?');
  if (path !== '/' && path !== target.pathname) return asked;
  const query = [target.search.slice(1), rest.join('?')].filter((part) => part !== '').join('&');
  return query === '' ? target.pathname : `${target.pathname}?${query}`;
}

/** Where a path that the server names leads to, as a request asks for it; `undefined` outside of the origin. */
export function pathWithin(target: URL, from: string, named: string): string | undefined {
  if (!URL.canParse(named, `${target.origin}${from}`)) return undefined;
  const url = new URL(named, `${target.origin}${from}`);
  return url.origin === target.origin ? `${url.pathname}${url.search}` : undefined;
}
