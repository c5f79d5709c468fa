/** An attribute of a span, as TraceQL names it. */
export function span(attribute: string): string {
  return `span.${attribute}`;
}

/** The same of the resource. */
export function resource(attribute: string): string {
  return `resource.${attribute}`;
}

/** A search: newest first, and the named fields of each span. */
export function search(conditions: readonly string[], fields: readonly string[]): string {
  return `{ ${conditions.join(' && ')} } | select(${fields.join(', ')}) with (most_recent=true)`;
}

/** What a text box holds, taken literally. Raw strings: Grafana escapes with backslashes, which TraceQL would read. */
export function literal(variable: string): string {
  return `\`\${${variable}}\``;
}

/** Contains the text of the box, in whatever case. An empty box matches spans without the attribute too. */
export function contains(attribute: string, variable: string): string {
  const isEmpty = `${literal(variable)} = \`\``;
  return `(${isEmpty} || ${span(attribute)} =~ \`(?i).*\${${variable}:regex}.*\`)`;
}
