/** The sum of a metric over its series, from Prometheus text; 0 where there is none. */
export function metricSum(text: string, name: string): number {
  const pattern = new RegExp(`^${name}(?:_total)?(?:\\{[^}]*\\})? (\\S+)`, 'gm');
  return [...text.matchAll(pattern)].reduce((sum, [, value]) => sum + Number(value), 0);
}
