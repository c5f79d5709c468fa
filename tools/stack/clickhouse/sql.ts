/** An INSERT whose rows come as data, not as SQL. */
export interface DataInsert {
  /** Table and columns, as they were written. */
  target: string;
  /** `SETTINGS …`, or nothing. */
  settings: string;
  format: string;
  /** What of the data stands in the statement itself. */
  data: string;
}

/** The statements of a text, without those that are empty or comments alone. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let [start, hasCode] = [0, false];
  const endAt = (end: number): void => {
    if (hasCode) statements.push(sql.slice(start, end).trim());
    [start, hasCode] = [end + 1, false];
  };
  for (const { index, groups } of sql.matchAll(LEXEMES)) {
    if (groups?.['end'] !== undefined) endAt(index);
    else if (groups?.['code'] !== undefined) hasCode = true;
  }
  endAt(sql.length);
  return statements;
}

/** What an INSERT says of its data; `undefined` where it is none, or brings its rows as SQL. */
export function readDataInsert(sql: string): DataInsert | undefined {
  const found = DATA_INSERT.exec(sql);
  if (found === null) return undefined;
  const { target = '', settings = '', format } = found.groups ?? {};
  const rest = sql.slice(found[0].length);
  // Rows in the statement are SQL, with functions and all.
  if (format === undefined && rest.trim() !== '') return undefined;
  return { target, settings, format: format ?? 'Values', data: rest.replace(/^[^\S\n]*\n?/, '') };
}

/** The statement that has the engine read an insert's data from a file. */
export function insertFromFile({ target, settings, format }: DataInsert, path: string): string {
  return `INSERT INTO ${target} FROM INFILE ${quoted(path)} ${settings} FORMAT ${format}`;
}

/** A statement with a space in place of each string and comment: words that are found here are words of SQL. */
export function codeOf(sql: string): string {
  return sql.replace(LEXEMES, (text, ...rest) => {
    const groups = rest.at(-1) as Record<string, string | undefined>;
    return groups['string'] === undefined && groups['code'] !== undefined ? text : ' ';
  });
}

/** The format that a query asks for by itself, from its `codeOf`. */
export function formatOf(code: string): string | undefined {
  return /\sFORMAT\s+(\w+)\s*(?:SETTINGS\s[\s\S]*)?$/i.exec(code)?.[1];
}

/** Whether the answer is to go to a file, from a query's `codeOf`. */
export function hasOutfile(code: string): boolean {
  return /\bINTO\W+OUTFILE\b/i.test(code);
}

/** Whether a statement only reads, from its `codeOf`. An INSERT may begin with WITH. */
export function isRead(code: string): boolean {
  return /^[\s(]*(?:SELECT|WITH|FROM|SHOW|DESC|DESCRIBE|EXPLAIN|EXISTS)\b(?![\s\S]*\bINSERT\b)/i.test(code);
}

/** A text as a string of SQL. */
export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** A name as an identifier of SQL. */
export function identifier(name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}

// Longer pieces first; a quote or a slash that begins nothing is code, and the engine's to refuse.
const STRING = ["'", '"', '`']
  .map((q) => `${q}[^${q}\\\\]*(?:(?:\\\\[^]|${q}${q})[^${q}\\\\]*)*${q}`)
  .concat('‘[^’]*’', '“[^”]*”', '\\$(?<tag>\\w*)\\$[^]*?\\$\\k<tag>\\$')
  .join('|');
const COMMENT = '--[^\\n]*|#[ !][^\\n]*|/\\*[^]*?\\*/';
const LEXEMES = new RegExp(
  `(?:${COMMENT}|\\s+)|(?<end>;)|(?<code>(?<string>${STRING})|\\w[\\w$]*|[^\\s\\w;'"\`‘“$#/-]+|[^])`,
  'g',
);

const NAME = '(?:[\\w$]+|"(?:[^"\\\\]|\\\\.|"")*"|`(?:[^`\\\\]|\\\\.|``)*`)';
const COLUMNS = '\\([^()]*(?:\\([^()]*\\)[^()]*)*\\)';
const SETTING = "\\w+\\s*=\\s*(?:'(?:[^'\\\\]|\\\\.)*'|[^\\s,]+)";
const DATA_INSERT = new RegExp(
  `^\\s*INSERT\\s+INTO\\s+(?:TABLE\\s+)?(?<target>${NAME}(?:\\.${NAME})?(?:\\s*${COLUMNS})?)` +
    `\\s*(?<settings>\\bSETTINGS\\s+${SETTING}(?:\\s*,\\s*${SETTING})*\\s+)?(?:\\bFORMAT\\s+(?<format>(?!VALUES\\b)\\w+)|\\b(?:FORMAT\\s+)?VALUES\\b)`,
  'i',
);
