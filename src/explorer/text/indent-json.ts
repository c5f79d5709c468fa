/** Lays JSON text out without reading its values: numbers of any length stay as they were written. */
export function indentJson(text: string): string {
  let depth = 0;
  return text.replace(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|\s+|[^\s"{}[\],:]+/g, (token) => {
    if (token === '{' || token === '[') return `${token}${newLine(++depth)}`;
    if (token === '}' || token === ']') return `${newLine(--depth)}${token}`;
    if (token === ',') return `,${newLine(depth)}`;
    if (token === ':') return ': ';
    if (/^\s/.test(token)) return '';
    return /^[{[]/.test(token) ? token.replace(/\s/g, '') : token;
  });
}

function newLine(depth: number): string {
  // Deeper ones would be mostly spaces.
  return `\n${'  '.repeat(Math.min(depth, 40))}`;
}
