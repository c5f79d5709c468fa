import { rewriteText } from './redact.ts';
import { truncate } from './truncate.ts';

/** UTF-16 code units of a label. */
const MAX_LENGTH = 256;
/** How many labels are remembered; those of one server are far fewer, and ids, which are many, are mostly plain. */
const MAX_KNOWN = 1_000;
/** Words, joined by what names are joined with; too short, or too much like words, for any secret. */
const PLAIN = /^(?:[A-Za-z_][\w./-]{0,15}|(?:[A-Za-z]{1,20}[ ._/-]){0,12}[A-Za-z]{1,20}|\d{1,8})$/;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/**
 * Redacts names and ids that others chose: tools that nobody registered, JSON-RPC ids, classes of errors, clients. They pass
 * with every request, so what is plain, or was seen before, costs next to nothing.
 */
export function createLabels(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    if (PLAIN.test(text) || UUID.test(text)) return text;
    const before = known.get(text);
    if (before !== undefined) return before;
    const rewritten = rewriteText(text, MAX_LENGTH, true);
    const label = truncate(rewritten.text, MAX_LENGTH, rewritten.isComplete);
    if (text.length > MAX_LENGTH) return label;
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(text, label);
    return label;
  };
}
