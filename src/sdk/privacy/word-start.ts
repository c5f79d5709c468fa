/**
 * Where a word starts, also behind an escape of a text that was quoted or encoded once more: the `n` of `\nsk-…`
 * and the `3D` of `%3Dsk-…` are no part of the key.
 */
export const WORD_START = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt])|(?<=%[0-9A-Fa-f]{2}))`;
