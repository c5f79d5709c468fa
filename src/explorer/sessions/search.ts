/** `part`: anywhere, in any case. `id`: the whole, or a beginning of at least {@link MIN_ID} characters. */
type How = 'part' | 'id';

/** What can be searched in, by the name that stands before the colon. */
const FIELDS = {
  session: { how: 'part', isUnasked: true },
  client: { how: 'part', isUnasked: true },
  tool: { how: 'part', isUnasked: true },
  server: { how: 'part', isUnasked: true },
  error: { how: 'part', isUnasked: true },
  /** Is a part of the error's text. */
  type: { how: 'part', isUnasked: false },
  method: { how: 'part', isUnasked: true },
  trace: { how: 'id', isUnasked: true },
  request: { how: 'id', isUnasked: true },
  /** A word such as `lost` is meant as text. */
  status: { how: 'part', isUnasked: false },
} as const satisfies Readonly<Record<string, { how: How; isUnasked: boolean }>>;

export type SearchField = keyof typeof FIELDS;

export const SEARCH_FIELDS = Object.keys(FIELDS) as SearchField[];

/** A word or phrase of a search, in lower case. */
export interface SearchTerm {
  /** Absent: anywhere. */
  readonly field: SearchField | undefined;
  readonly text: string;
}

/** Shorter beginnings of ids tell nothing. */
export const MIN_ID = 8;
/** As many as there are bits in a number. */
const MAX_TERMS = 30;
const WORD = /([^\s":]+:)?(?:"([^"]*)(?:"|$)|(\S+))/g;
/** What of a search without a field may be the beginning of an id: that of a trace, or a UUID. */
const LIKE_ID = /^[\da-f-]{8,}$/;

/** The words and phrases of a search; all of them must match. Beyond the first 30 they are left out. */
export function parseSearch(search: string): SearchTerm[] {
  const terms: SearchTerm[] = [];
  for (const [whole, before, phrase, word] of search.toLowerCase().matchAll(WORD)) {
    const name = before?.slice(0, -1);
    const field = SEARCH_FIELDS.find((each) => each === name);
    const value = phrase ?? word ?? '';
    const text = field === undefined && before !== undefined ? `${before}${value}` : value;
    if (text.trim() !== '' && whole !== '') terms.push({ field, text });
    if (terms.length === MAX_TERMS) break;
  }
  return terms;
}

/** Whether a value of a field is what a term looks for. */
export function isFoundIn(term: SearchTerm, field: SearchField, value: string): boolean {
  const { how } = FIELDS[field];
  if (!looksIn(term, field)) return false;
  const text = value.toLowerCase();
  if (how === 'part') return text.includes(term.text);
  return text === term.text || (term.text.length >= MIN_ID && text.startsWith(term.text));
}

/** Whether a term may be found in a field at all. */
export function looksIn({ field, text }: SearchTerm, where: SearchField): boolean {
  if (field !== undefined) return field === where;
  const { how, isUnasked } = FIELDS[where];
  return isUnasked && (how === 'part' || LIKE_ID.test(text));
}

/** The bits of those terms that are found in a value. */
export function foundIn(terms: readonly SearchTerm[], field: SearchField, value: string | undefined): number {
  if (value === undefined) return 0;
  let found = 0;
  terms.forEach((term, i) => {
    if (isFoundIn(term, field, value)) found |= 1 << i;
  });
  return found;
}

/** The bits of all terms. */
export function allOf(terms: readonly SearchTerm[]): number {
  return 2 ** terms.length - 1;
}
