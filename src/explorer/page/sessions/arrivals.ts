/** What is in the new order and was not known, in the new order. */
export function arrivals(known: ReadonlySet<number>, order: readonly number[]): number[] {
  return order.filter((n) => !known.has(n));
}
