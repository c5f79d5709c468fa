import { parser as traceqlParser } from '@grafana/lezer-traceql';
import type { SyntaxNode } from '@lezer/common';
import type { LRParser } from '@lezer/lr';
import { parser as promqlParser } from '@prometheus-io/lezer-promql';

/** A query with Grafana's variables filled in, and its tree. */
export interface Parsed {
  readonly text: string;
  /** Where the parser lost the thread; empty for a query that parses. */
  readonly errors: readonly string[];
  readonly root: SyntaxNode;
}

export function parsePromQL(query: string): Parsed {
  return parse(promqlParser, withDurations(query).replace(PLACEHOLDER, 'x'));
}

export function parseTraceQL(query: string): Parsed {
  return parse(traceqlParser, query.replace(PLACEHOLDER, 'x'));
}

/** `${name}`, `${name:format}` and `$name`. */
export const PLACEHOLDER = /\$\{(\w+)(?:\.[^:}]+)?(?::\w+)?\}|\$(\w+)/g;

/** Every node of that type below `node`, in order. */
export function nodesOf(node: SyntaxNode, type: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((each) => {
    if (each.name === type) found.push(each.node);
  });
  return found;
}

export function textOf({ text }: Parsed, node: SyntaxNode): string {
  return text.slice(node.from, node.to);
}

/** The nearest node of that type around `node`. */
export function around(node: SyntaxNode, type: string): SyntaxNode | undefined {
  for (let each = node.parent; each !== null; each = each.parent) if (each.name === type) return each;
  return undefined;
}

function withDurations(query: string): string {
  return query.replace(/\$__(range|rate_interval|interval)\b/g, '5m');
}

function parse(parser: LRParser, text: string): Parsed {
  const tree = parser.parse(text);
  const errors: string[] = [];
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) errors.push(text.slice(from, from + 40));
    },
  });
  return { text, errors, root: tree.topNode };
}
