import { spanKey, traceHash } from '../recording/key-set.ts';
import { decodeSpan, exceptionsOf, type RecordedSpan } from '../recording/otlp.ts';
import { errorOf } from '../sessions/error-text.ts';
import { namesOf } from '../sessions/events.ts';
import { type Nested, nest } from '../sessions/nesting.ts';
import { inOrder, type Placed } from '../sessions/order.ts';
import { statusOf } from '../sessions/outcome.ts';
import { endingOf, reportOf } from '../sessions/session-span.ts';
import type { SpanDetail, SpanRef, TimeAxis, TracePage, TraceSpan } from './answers.ts';
import { shortened } from './bounds.ts';
import { Pace } from './pace.ts';
import { present } from './present.ts';
import { type Place, readSpans } from './read-spans.ts';
import type { SpanIndex } from './span-index.ts';
import { axisOf } from './time-axis.ts';
import { partWith, withinBound } from './trace-part.ts';
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
  readonly isPart: boolean;
  readonly at: number;
}

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
    const { lines, axis, leftOut, isPart, at } = tree;
    if (lines.length === 0) return undefined;
    const spans = lines
      .slice(offset, offset + limit)
      .map(({ item: { shown }, depth, below }) => ({ ...shown, depth, below }));
    const place = at === -1 ? {} : { at };
    return { total: lines.length, offset, leftOut, isPart, ...place, axis, spans };
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
    const all = this.#placesWhere(({ columns }, row) => columns.trace[row] === trace);
    const { places, leftOut, isPart } = withinBound(all, spanKey(spanId));
    const nodes: Node[] = [];
    for await (const { file, row, span, service } of readSpans(this.#index, places, new Pace())) {
      const decoded = decodeSpan(span, service);
      if (decoded?.traceId !== traceId) continue;
      const sessionId = this.#index.sessions[file.columns.session[row]!]?.id;
      nodes.push(nodeOf(decoded, sessionId));
    }
    const nested = nest(inOrder(nodes), KINSHIP);
    const lines = partWith(nested, spanId);
    return {
      key,
      lines,
      axis: axisOf(lines.map(({ item: { shown } }) => [shown.timeMs, shown.timeMs + shown.durationMs])),
      leftOut,
      isPart: isPart || lines !== nested,
      at: lines.findIndex(({ item }) => item.span.spanId === spanId),
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

function nodeOf(decoded: RecordedSpan, sessionId: string | undefined): Node {
  const { traceId, spanId, parentSpanId, startMs, startNanos, endMs, kind } = decoded;
  return {
    span: { traceId, spanId, parentSpanId, startMs, startNanos },
    timeMs: startMs,
    rank: 1,
    isReport: reportOf(decoded) !== undefined,
    shown: {
      spanId,
      name: shortened(namesOf(decoded).name) ?? '',
      kind,
      timeMs: startMs,
      durationMs: endMs - startMs,
      isFailed: isFailed(decoded),
      ...present({ service: shortened(decoded.serviceName), sessionId }),
    },
  };
}

/** A message as the events of its session tell it; what is none by its status, as its code may be no JSON-RPC's. */
function isFailed(span: RecordedSpan): boolean {
  const ending = endingOf(span);
  return ending.method === undefined ? span.hasErrorStatus : statusOf(ending) === 'error';
}

function detailOf(span: RecordedSpan, exceptions: ReturnType<typeof exceptionsOf>): SpanDetail {
  const { name, kind, attributes, serviceName, parentSpanId, statusMessage, hasErrorStatus } = span;
  const ending = endingOf(span);
  const said = hasErrorStatus ? statusMessage : undefined;
  return {
    name,
    kind,
    attributes: JSON.stringify(Object.fromEntries(attributes)).slice(0, MAX_ATTRIBUTES),
    exceptions: exceptions
      .slice(0, MAX_STACKS)
      .map(({ type, message, stack }) => present({ type, message, stack: stack?.slice(0, MAX_STACK) })),
    ...present({
      service: serviceName,
      parentSpanId,
      error: said ?? (isFailed(span) && ending.method !== undefined ? errorOf(span, ending).text : undefined),
    }),
  };
}
