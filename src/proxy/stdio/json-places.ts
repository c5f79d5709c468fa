/** Where a value stands in a text: from its first character to behind its last. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

export interface Member extends Place {
  readonly key: string;
}

/** A text of JSON and a place of reading in it. The text has been parsed: it is valid. */
interface Cursor {
  readonly text: string;
  at: number;
}

/** Where the members of the object stand that begins at `start`. Text and keys may be of bytes, one a character. */
export function membersAt(text: string, start: number): Member[] {
  const members: Member[] = [];
  each({ text, at: start }, '}', (cursor) => {
    const key = passText(cursor);
    passSpace(cursor);
    // The colon.
    cursor.at += 1;
    passSpace(cursor);
    members.push({ key: JSON.parse(key), ...passValue(cursor) });
  });
  return members;
}

/** Where the items of the list stand that begins at `start`. */
export function itemsAt(text: string, start: number): Place[] {
  const items: Place[] = [];
  each({ text, at: start }, ']', (cursor) => void items.push(passValue(cursor)));
  return items;
}

/** Where the one value of the text begins. */
export function valueStart(text: string): number {
  const cursor = { text, at: 0 };
  passSpace(cursor);
  return cursor.at;
}

function each(cursor: Cursor, closing: string, read: (cursor: Cursor) => void): void {
  const { text } = cursor;
  // The opening bracket, and then each comma.
  while (text[cursor.at] !== closing) {
    cursor.at += 1;
    passSpace(cursor);
    if (text[cursor.at] === closing) return;
    read(cursor);
    passSpace(cursor);
  }
}

function passValue(cursor: Cursor): Place {
  const start = cursor.at;
  const first = cursor.text[start];
  if (first === '"') passText(cursor);
  else if (first === '{' || first === '[') passNested(cursor);
  else while (cursor.at < cursor.text.length && !/[\s,\]}]/.test(cursor.text[cursor.at]!)) cursor.at += 1;
  return { start, end: cursor.at };
}

function passNested(cursor: Cursor): void {
  const { text } = cursor;
  let depth = 0;
  do {
    const character = text[cursor.at];
    if (character === '"') {
      passText(cursor);
      continue;
    }
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    cursor.at += 1;
  } while (depth > 0);
}

/** Returns it as it is written, with its quotes. */
function passText(cursor: Cursor): string {
  const { text, at: start } = cursor;
  cursor.at += 1;
  while (text[cursor.at] !== '"') cursor.at += text[cursor.at] === '\\' ? 2 : 1;
  cursor.at += 1;
  return text.slice(start, cursor.at);
}

function passSpace(cursor: Cursor): void {
  while (/\s/.test(cursor.text[cursor.at] ?? '')) cursor.at += 1;
}
