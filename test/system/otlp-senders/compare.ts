/** What a line holds, but for what differs between two runs: times, ids and how long things took. */
export function withoutChance(line: string): string {
  return line
    .replace(/"(traceId|spanId|parentSpanId)":"[\da-f]+"/g, '"$1":"ID"')
    .replace(/"(\w+UnixNano)":"\d+"/g, '"$1":"TIME"')
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'UUID')
    .replace(/("key":"[\w.]+\.(?:\w+_ms|pid)","value":\{"intValue":)"\d+"/g, '$1"NUMBER"');
}

/** The metrics of lines, as they stand, but for their times. */
export function metricsIn(lines: readonly string[]): unknown[] {
  return lines
    .map((line) => JSON.parse(line, (key, value) => (key.endsWith('UnixNano') ? undefined : value)))
    .flatMap(({ resourceMetrics }) => resourceMetrics)
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap(({ metrics }) => metrics);
}

/** The spans of lines, each as text with the resource and the scope that it came in, in any order. */
export function spansIn(lines: readonly string[]): string[] {
  const spans = lines.flatMap((line) =>
    JSON.parse(line).resourceSpans.flatMap(({ scopeSpans, ...resource }: any) =>
      scopeSpans.flatMap(({ spans: inScope, ...scope }: any) =>
        inScope.map((span: any) => JSON.stringify({ ...resource, ...scope, span })),
      ),
    ),
  );
  return spans.sort();
}

/** Where two texts begin to differ. */
export function difference(found: string, expected: string): string {
  let at = 0;
  while (at < found.length && found[at] === expected[at]) at += 1;
  const excerpt = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 40), at + 60));
  return `at ${at}: ${excerpt(found)} instead of ${excerpt(expected)}`;
}
