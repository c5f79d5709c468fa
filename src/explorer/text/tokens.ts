/** What a model reads of so many bytes: an estimate, for no two models count alike. */
export function estimatedTokens(bytes: number): number {
  return Math.round(bytes / 4);
}
