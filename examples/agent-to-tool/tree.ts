import type { Span } from '../support/otlp-sink.ts';

const KINDS: Readonly<Record<number, string>> = { 1: 'INTERNAL', 2: 'SERVER', 3: 'CLIENT' };

/** A trace as a text: its spans below their parents, each with its kind and its service. */
export function treeOf(spans: readonly Span[], root: Span): string {
  const lines = [[root.name, root] as const, ...below(spans, root, '')];
  const width = Math.max(...lines.map(([text]) => text.length)) + 2;
  return lines
    .map(([text, { kind, resource }]) => {
      const what = (KINDS[kind] ?? '').padEnd(10);
      return `${text.padEnd(width)}${what}${String(resource['service.name'])}`;
    })
    .join('\n');
}

function below(spans: readonly Span[], parent: Span, indent: string): [string, Span][] {
  const children = spans.filter(
    ({ traceId, parentSpanId }) => traceId === parent.traceId && parentSpanId === parent.spanId,
  );
  children.sort((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));
  return children.flatMap((child, index): [string, Span][] => {
    const isLast = index === children.length - 1;
    const own: [string, Span] = [`${indent}${isLast ? '└─ ' : '├─ '}${child.name}`, child];
    return [own, ...below(spans, child, `${indent}${isLast ? '   ' : '│  '}`)];
  });
}
