/**
 * What must not reach a terminal as it is: C0 and C1 controls (escape sequences among them), marks that reorder
 * or hide text, line separators, halves of surrogate pairs. Joiners inside emoji and scripts stay.
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Surrogate}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text that others wrote, with everything that could act on a terminal written out (`\x1b`, `\u202e`). */
export function visible(text: string): string {
  return text.replace(UNSAFE, (char) => SHORT[char] ?? escaped(char.codePointAt(0)!));
}

/** The same for text of several lines whose line breaks are meant. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

/** JSON text that means the same, with those characters as `\u` escapes. */
export function visibleJson(json: string): string {
  return json.replace(UNSAFE, (char) => {
    // The line breaks are the layout's: inside a JSON string they are escaped already.
    if (char === '\n') return char;
    let out = '';
    for (let i = 0; i < char.length; i += 1) out += `\\u${hex(char.charCodeAt(i), 4)}`;
    return out;
  });
}

function escaped(code: number): string {
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 1)}}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
