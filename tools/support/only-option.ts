import { parseArgs } from 'node:util';

/**
 * Reads `--only NAME`, which may come more than once, and `--help`.
 *
 * @returns those of `all` that were named, all where none was; nothing where help was asked for
 * @throws TypeError for a name that is none
 */
export function readOnly<T extends { readonly name: string }>(
  args: string[],
  all: readonly T[],
): readonly T[] | undefined {
  const { values } = parseArgs({
    args,
    options: { only: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) return undefined;
  const { only } = values;
  if (only === undefined) return all;
  const names: readonly string[] = all.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`--only takes ${names.join(', ')}, not ${unknown}`);
  return all.filter(({ name }) => only.includes(name));
}
