/** Stands for what differs from one failure to the next. */
const LEFT_OUT = '…';
/** Of longer texts the beginning tells. */
const MAX_LENGTH = 300;

/** What is left out of the text of an error, one after the other. */
const VARYING: readonly RegExp[] = [
  // Addresses.
  /\b[a-z][a-z\d+.-]{1,20}:\/\/[^\s'"`<>]+/gi,
  // Paths: what begins with a slash, a dot or a tilde and one, or the letter of a drive.
  /(?<![\w.\\/])(?:[a-z]:|~|\.{1,2})?[\\/][^\s'"`<>:;,()[\]{}]+/gi,
  // UUIDs, whose parts may be letters alone.
  /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi,
  // Hexadecimal numbers, and words with a digit.
  /\b[\da-f]{8,}\b/gi,
  /[\p{L}\p{M}]*\p{N}[\p{L}\p{M}\p{N}]*/gu,
  // What stands between two of them, or is the sign of one.
  /(?:[-+#$]?…[-_.,:/+@%]?)+…|[-+#$]…/g,
];

/** The text of an error without numbers, ids, addresses and paths: what errors of one kind have in common. */
export function errorKind(text: string): string {
  const bounded = text.slice(0, MAX_LENGTH).replace(/\s+/g, ' ').trim();
  return VARYING.reduce((kind, form) => kind.replace(form, LEFT_OUT), bounded);
}
