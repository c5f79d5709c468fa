/** An attribute of a span, as TraceQL names it. */
export function span(attribute: string): string {
  return `span.${attribute}`;
}

/** The same of the resource. */
export function resource(attribute: string): string {
  return `resource.${attribute}`;
}

/** The same of a span's event. */
export function event(attribute: string): string {
  return `event.${attribute}`;
}

/**
 * A search: newest first, and the named fields of each span.
 *
 * Each span is a set of its own. The spans of a long trace lie in several blocks of Tempo, of which a search would keep
 * the one set with the most matches.
 */
export function search(conditions: readonly string[], fields: readonly string[]): string {
  const spans = `{ ${conditions.join(' && ')} } | by(span:id)`;
  return `${spans} | select(${fields.join(', ')}) with (most_recent=true)`;
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
