import { ATTR_GEN_AI_TOOL_NAME, ATTR_MCP_TOOL_NAME, ATTR_MCP_TOOLS_NAMES } from '../../signals/semconv.ts';
import { decodeSpan, type RecordedSpan } from '../recording/otlp.ts';
import { placedEvent, type SessionEvent } from '../sessions/events.ts';
import { inOrder, type Placed } from '../sessions/order.ts';
import { textOf } from '../sessions/session-span.ts';
import type { ApiEvent, ApiEvents } from '../ui/api.ts';
import { Pace } from './pace.ts';
import { namesOf, present } from './present.ts';
import { type Place, readSpans, rowsOf } from './read-spans.ts';
import type { IndexedSession, SpanIndex } from './span-index.ts';
import type { Page } from './types.ts';

/** Where the events of a session are, in order, and what is known of all of them. */
interface Order {
  readonly version: number;
  readonly places: readonly Place[];
  readonly longestMs: number;
  readonly failures: readonly number[];
}

interface Ordered extends Placed, Place {
  readonly isFailed: boolean;
  readonly latencyMs: number;
}

const MAX_FAILURES = 1_000;
/** Of all orders that are kept; some ten bytes each. */
const MAX_PLACES = 500_000;

/** The events of sessions, page by page: only their order is kept, a page is read when it is asked for. */
export class SessionEvents {
  readonly #index: SpanIndex;
  /** The one asked for last is the last. */
  readonly #orders = new Map<IndexedSession, Order>();

  constructor(index: SpanIndex) {
    this.#index = index;
  }

  async page(session: IndexedSession, { offset, limit }: Page): Promise<Omit<ApiEvents, 'row' | 'now'>> {
    const { places, longestMs, failures } = await this.#order(session);
    const asked = places.slice(offset, offset + limit);
    const found = new Map<string, ApiEvent>();
    for await (const { file, row, span, service } of readSpans(this.#index, asked, new Pace())) {
      const decoded = decodeSpan(span, service);
      if (decoded !== undefined) found.set(`${file.owner} ${row}`, toApi(decoded));
    }
    const events = asked.flatMap(({ file, row }) => found.get(`${file.owner} ${row}`) ?? []);
    return { total: places.length, offset, events, longestMs, failures };
  }

  async #order(session: IndexedSession): Promise<Order> {
    const known = this.#orders.get(session);
    const order = known?.version === session.version ? known : await this.#makeOrder(session);
    this.#orders.delete(session);
    this.#orders.set(session, order);
    let kept = 0;
    for (const { places } of this.#orders.values()) kept += places.length;
    for (const [oldest, { places }] of this.#orders) {
      if (kept <= MAX_PLACES || oldest === session) break;
      this.#orders.delete(oldest);
      kept -= places.length;
    }
    return order;
  }

  async #makeOrder(session: IndexedSession): Promise<Order> {
    const { version } = session;
    const all: Ordered[] = [];
    for await (const { file, row, span, service } of readSpans(this.#index, rowsOf(session), new Pace())) {
      const decoded = decodeSpan(span, service);
      const placed = decoded === undefined ? undefined : placedEvent(decoded);
      if (placed === undefined || placed.isUpdate) continue;
      const { event, timeMs, rank } = placed;
      const { status, latencyMs = 0 } = event;
      all.push({
        file,
        row,
        timeMs,
        rank,
        span: lean(placed.span),
        isFailed: status === 'error',
        latencyMs,
      });
    }
    const ordered = inOrder(all);
    return {
      version,
      places: ordered.map(({ file, row }) => ({ file, row })),
      longestMs: ordered.reduce((longest, { latencyMs }) => Math.max(longest, latencyMs), 0),
      failures: ordered.flatMap(({ isFailed }, i) => (isFailed ? [i] : [])).slice(0, MAX_FAILURES),
    };
  }
}

/** Without the attributes: a session may have very many spans. */
function lean({ traceId, spanId, parentSpanId, startMs, startNanos }: Placed['span']): Placed['span'] {
  return { traceId, spanId, parentSpanId, startMs, startNanos };
}

function toApi(span: RecordedSpan): ApiEvent {
  const { event } = placedEvent(span);
  const { timeMs, kind, type, traceId, spanId } = event;
  const names = textOf(span, ATTR_MCP_TOOLS_NAMES);
  return {
    timeMs,
    kind,
    type,
    isTool: isAboutTool(span, event),
    traceId,
    spanId,
    ...present({
      method: event.method,
      target: event.target,
      latencyMs: event.latencyMs,
      status: event.status,
      error: event.error,
      arguments: event.arguments,
      result: event.result,
      requestId: event.requestId,
      toolNames: names === undefined ? undefined : namesOf(names),
    }),
  };
}

function isAboutTool(span: RecordedSpan, { target }: SessionEvent): boolean {
  if (target === undefined) return false;
  return textOf(span, ATTR_GEN_AI_TOOL_NAME) === target || textOf(span, ATTR_MCP_TOOL_NAME) === target;
}
