import { expect } from '@jest/globals';

/** A dashboard that is about to be broken: that means writing to what is readonly, deep inside. */
export type Broken = any;

/** A rule, what breaks it, and how. */
export type Break = [rule: string, what: string, change: (all: Broken[]) => void];

export function panel([...all]: Broken[], title: string): Broken {
  const found = all.flatMap((dashboard) => dashboard.panels).find((each: Broken) => each.title === title);
  expect(found).toBeDefined();
  return found;
}

export function variable(dashboard: Broken, name: string): Broken {
  const found = dashboard.templating.list.find((each: Broken) => each.name === name);
  expect(found).toBeDefined();
  return found;
}

export function step(of: Broken, id: string): Broken {
  return of.transformations.find((each: Broken) => each.id === id).options;
}

export function dropVariables(dashboard: Broken, type: string): void {
  dashboard.templating.list = dashboard.templating.list.filter((each: Broken) => each.type !== type);
}

export function setQuery(of: Broken, change: (query: string) => string): void {
  for (const target of of.targets) {
    const key = ['expr', 'rawSql'].find((each) => target[each] !== undefined) ?? 'query';
    target[key] = change(target[key]);
  }
}

export function replaceIn(of: Broken, text: string | RegExp, by: string): void {
  setQuery(of, (query) => query.replace(text, () => by));
}

/** In the first link of the panel that has the text. */
export function replaceLink(all: Broken[], title: string, text: string, by: string): void {
  const link = panel(all, title)
    .fieldConfig.overrides.flatMap((each: Broken) => each.properties)
    .filter(({ id }: Broken) => id === 'links')
    .flatMap(({ value }: Broken) => value)
    .find(({ url }: Broken) => url.includes(text));
  expect(link).toBeDefined();
  link.url = link.url.replace(text, () => by);
}
