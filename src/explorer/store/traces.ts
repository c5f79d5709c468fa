import { spanKey, traceHash } from '../recording/key-set.ts';
import { decodeSpan, exceptionsOf, type RecordedSpan } from '../recording/otlp.ts';
import { type Nested, nest } from '../sessions/nesting.ts';
import { inOrder, type Placed } from '../sessions/order.ts';
import { reportOf } from '../sessions/session-span.ts';
import type { SpanDetail, SpanRef, TimeAxis, TracePage, TraceSpan } from './answers.ts';
import { Pace } from './pace.ts';
import { present } from './present.ts';
import { type Place, readSpans } from './read-spans.ts';
import type { SpanIndex } from './span-index.ts';
import { axisOf } from './time-axis.ts';
import type { Page } from './types.ts';

type Node = Placed & {
  readonly isReport: boolean;
  readonly shown: Omit<TraceSpan, 'depth' | 'below'>;
};

interface Tree {
  readonly key: string;
  readonly lines: readonly Nested<Node>[];
  readonly axis: TimeAxis;
  readonly leftOut: number;
}

/** Of one trace, the first by time: they are read to tell how they hang together. */
const MAX_SPANS = 10_000;
/** Characters of the attributes of a span, and of one of its stacks; and how many of those. */
const [MAX_ATTRIBUTES, MAX_STACK, MAX_STACKS] = [1_000_000, 100_000, 20];

/** Traces as they were recorded, of all services, read from the files when they are asked for. */
export class Traces {
  readonly #index: SpanIndex;
  /** The one that was asked for last: it is asked for page by page. */
  #last: Tree | undefined;

  constructor(index: SpanIndex) {
    this.#index = index;
  }

  /** `undefined`: no span of it is there. */
  async page({ traceId, spanId }: SpanRef, { offset, limit }: Page): Promise<TracePage | undefined> {
    const key = `${traceId} ${spanId} ${this.#index.spanCount}`;
    const tree = this.#last?.key === key ? this.#last : await this.#read(key, traceId, spanId);
    this.#last = tree;
    const { lines, axis, leftOut } = tree;
    if (lines.length === 0) return undefined;
    const spans = lines
      .slice(offset, offset + limit)
      .map(({ item: { shown }, depth, below }) => ({ ...shown, depth, below }));
    return { total: lines.length, offset, leftOut, axis, spans };
  }

  /** `undefined`: it is gone. */
  async detail({ traceId, spanId }: SpanRef): Promise<SpanDetail | undefined> {
    const trace = traceHash(traceId);
    const number = spanKey(spanId);
    const places = this.#placesWhere(
      ({ columns }, row) => columns.trace[row] === trace && columns.span[row] === number,
    );
    for await (const { span, service } of readSpans(this.#index, places, new Pace())) {
      const decoded = decodeSpan(span, service);
      if (decoded?.traceId === traceId && decoded.spanId === spanId)
        return detailOf(decoded, exceptionsOf(span['events']));
    }
    return undefined;
  }

  async #read(key: string, traceId: string, spanId: string): Promise<Tree> {
    const trace = traceHash(traceId);
    const places = this.#placesWhere(({ columns }, row) => columns.trace[row] === trace);
    places.sort((a, b) => startOf(a) - startOf(b));
    const nodes: Node[] = [];
    for await (const { file, row, span, service } of readSpans(
      this.#index,
      places.slice(0, MAX_SPANS),
      new Pace(),
    )) {
      const decoded = decodeSpan(span, service);
      if (decoded?.traceId !== traceId) continue;
      const sessionId = this.#index.sessions[file.columns.session[row]!]?.id;
      nodes.push(nodeOf(decoded, sessionId));
    }
    const lines = partWith(nest(inOrder(nodes), KINSHIP), spanId);
    return {
      key,
      lines,
      axis: axisOf(lines.map(({ item: { shown } }) => [shown.timeMs, shown.timeMs + shown.durationMs])),
      leftOut: Math.max(0, places.length - MAX_SPANS),
    };
  }

  #placesWhere(isWanted: (file: Place['file'], row: number) => boolean): Place[] {
    const places: Place[] = [];
    for (const file of this.#index.files.values()) {
      for (let row = 0; row < file.columns.count; row += 1)
        if (isWanted(file, row)) places.push({ file, row });
    }
    return places;
  }
}

const KINSHIP = {
  own: ({ span }: Node) => [span.spanId],
  above: ({ span }: Node) => (span.parentSpanId === undefined ? [] : [span.parentSpanId]),
};

/**
 * The trace around a span. A session has a trace of its own, below its start: what belongs to other requests of it is left
 * out.
 */
function partWith(lines: readonly Nested<Node>[], spanId: string): readonly Nested<Node>[] {
  const at = lines.findIndex(({ item }) => item.span.spanId === spanId);
  if (at === -1) return lines;
  let top = at;
  for (let i = at - 1; i >= 0; i -= 1) {
    const { item, depth } = lines[i]!;
    if (depth >= lines[top]!.depth) continue;
    if (item.isReport) return branchOf(lines, top);
    top = i;
  }
  return lines;
}

function branchOf(lines: readonly Nested<Node>[], top: number): Nested<Node>[] {
  const { depth, below } = lines[top]!;
  return lines.slice(top, top + below + 1).map((line) => ({ ...line, depth: line.depth - depth }));
}

function nodeOf(decoded: RecordedSpan, sessionId: string | undefined): Node {
  const { traceId, spanId, parentSpanId, startMs, startNanos, endMs, name, kind } = decoded;
  return {
    span: { traceId, spanId, parentSpanId, startMs, startNanos },
    timeMs: startMs,
    rank: 1,
    isReport: reportOf(decoded) !== undefined,
    shown: {
      spanId,
      name,
      kind,
      timeMs: startMs,
      durationMs: endMs - startMs,
      isFailed: decoded.hasErrorStatus,
      ...present({ service: decoded.serviceName, sessionId }),
    },
  };
}

function detailOf(
  { name, kind, attributes, serviceName, parentSpanId, statusMessage, hasErrorStatus }: RecordedSpan,
  exceptions: ReturnType<typeof exceptionsOf>,
): SpanDetail {
  return {
    name,
    kind,
    attributes: JSON.stringify(Object.fromEntries(attributes)).slice(0, MAX_ATTRIBUTES),
    exceptions: exceptions
      .slice(0, MAX_STACKS)
      .map(({ type, message, stack }) => present({ type, message, stack: stack?.slice(0, MAX_STACK) })),
    ...present({ service: serviceName, parentSpanId, error: hasErrorStatus ? statusMessage : undefined }),
  };
}

function startOf({ file, row }: Place): number {
  return file.columns.start[row]!;
}
