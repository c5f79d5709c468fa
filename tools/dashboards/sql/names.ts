/** What `src/sdk/protocol/names.ts` says of texts that hold names, in SQL. */

/** Stands last where there are more names. */
const MORE = "'…'";
/** Put behind what was escaped while a text is split, so that neither a comma nor `…` is taken for one that was not. */
const MARK = String.raw`'\x1F'`;

/** The names of a list: of an array, which the exporter writes as JSON, or of the text of spans that have no array. */
export function namesOf(list: string, joined: string): string {
  return `if(${isList(list)}, JSONExtract(${list}, 'Array(String)'), ${split(joined)})`;
}

/** An attribute is an array. */
export function isList(list: string): string {
  return `JSONType(${list}) = 'Array'`;
}

/** There are more names than the text holds. */
export function hasMore(joined: string): string {
  return `endsWith(concat(', ', ${marked(joined)}), concat(', ', ${MORE}))`;
}

/** Names as one text, joined by `, `: a `\` stands before `\` and `,` in a name, and before a name that is `…`. */
export function joinNames(names: string, more?: string): string {
  const escaped = String.raw`if(name = ${MORE}, concat('\\', name), replaceRegexpAll(name, '([\\\\,])', '\\\\\\1'))`;
  const written = `arrayMap(name -> ${escaped}, ${names})`;
  const all = more === undefined ? written : `arrayConcat(${written}, if(${more}, [${MORE}], []))`;
  return `arrayStringConcat(${all}, ', ')`;
}

function split(joined: string): string {
  const written = `arrayFilter(name -> name NOT IN ('', ${MORE}), splitByString(', ', ${marked(joined)}))`;
  return `arrayMap(name -> replaceAll(name, ${MARK}, ''), ${written})`;
}

/** In older spans nothing is escaped: a `\` before anything else stands for itself. */
function marked(joined: string): string {
  return String.raw`replaceRegexpAll(${joined}, '\\\\([\\\\,…])', '\\1\x1F')`;
}
