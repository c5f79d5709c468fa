/** Names of others as one text, joined by `, `: those that hold a comma or quotes, or are empty, stand in quotes. */
export function listNames(names: readonly string[]): string {
  return names.map((name) => (/^$|[,"]/.test(name) ? `"${name.replaceAll('"', '\\"')}"` : name)).join(', ');
}
