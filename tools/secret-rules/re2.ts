/** What of the syntax of RE2 the rules use and JavaScript, up to Node 20, has not: flags within an expression. */

/** The same expression for JavaScript, without flags and without groups that capture. */
export function toJavaScript(source: string, isCaseless: boolean): string {
  const stack = [isCaseless];
  let out = '';
  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at);
    const [token, written] = next(rest, stack);
    out += written;
    at += token;
  }
  return out;
}

/** The length of the next token, and what it becomes. `stack` says for each open group whether case counts. */
function next(rest: string, stack: boolean[]): [length: number, written: string] {
  const flags = /^\(\?(-?)i\)/.exec(rest);
  if (flags !== null) {
    stack[stack.length - 1] = flags[1] === '';
    return [flags[0].length, ''];
  }
  const group = /^\((?:\?(?:(-?)(i|s):|:|P<\w+>))?/.exec(rest);
  if (group !== null) {
    stack.push(group[2] === 'i' ? group[1] === '' : stack.at(-1)!);
    return [group[0].length, '(?:'];
  }
  if (rest[0] === ')') {
    stack.pop();
    return [1, ')'];
  }
  const bracket = /^\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]/.exec(rest);
  if (bracket !== null) return [bracket[0].length, characterClass(bracket[0], stack.at(-1)!)];
  const escaped = /^\\(?:x[\dA-Fa-f]{2}|z|.)/.exec(rest);
  if (escaped !== null) return [escaped[0].length, escaped[0] === '\\z' ? '$' : escaped[0]];
  const letter = rest[0]!;
  const isOpen = /[A-Za-z]/.test(letter) && stack.at(-1)!;
  return [1, isOpen ? `[${letter.toLowerCase()}${letter.toUpperCase()}]` : letter === '/' ? '\\/' : letter];
}

function characterClass(source: string, isCaseless: boolean): string {
  const plain = source.replace('[:alnum:]', 'A-Za-z0-9');
  if (!isCaseless) return plain;
  const inner = plain.slice(1, -1);
  const other = [...inner.matchAll(/\\.|([A-Za-z])-([A-Za-z])|[A-Za-z]/g)]
    .map(([each]) => (each.startsWith('\\') ? '' : swapped(each)))
    .filter((each) => each !== '' && !inner.includes(each))
    .join('');
  return `[${inner[0] === '^' ? `^${other}${inner.slice(1)}` : `${other}${inner}`}]`;
}

function swapped(letters: string): string {
  return letters.replace(/[A-Za-z]/g, (each) =>
    each === each.toLowerCase() ? each.toUpperCase() : each.toLowerCase(),
  );
}
