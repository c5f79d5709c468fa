/** What a model answers: a text, or a tool that it wants to be called. */
export type Turn = { text: string } | { tool: string; arguments: Record<string, unknown> };

/** Stands for a model, without a key and always the same: it asks for the weather of a place that it was asked about, and says it. */
export async function scriptedModel(question: string, results: readonly string[]): Promise<Turn> {
  const cities = [...question.matchAll(/\b(Oslo|Atlantis)\b/g)].map(([city]) => city);
  const next = cities[results.length];
  if (next !== undefined) return { tool: 'get_weather', arguments: { city: next } };
  return { text: results.join(' ') };
}
