import {
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_MCP_TOOL_NAME,
  ATTR_MCP_TOOLS_COUNT,
  ATTR_MCP_TOOLS_NAMES,
  ATTR_MCP_TOOLS_NAMES_LIST,
} from '../../sdk/signals/semconv.ts';
import { decodeSpan, type RecordedSpan } from '../recording/otlp.ts';
import { joinSides, type SeenByClient, type Sided, withSides } from '../sessions/both-sides.ts';
import { type Kin, nestedInOrder, placedEvent } from '../sessions/events.ts';
import { listedToolsOf } from '../sessions/listed-tools.ts';
import type { Placed } from '../sessions/order.ts';
import { isFailure } from '../sessions/outcome.ts';
import type { SessionEvent } from '../sessions/session-event.ts';
import { endingOf, textOf } from '../sessions/session-span.ts';
import type { EventPage, EventSearch, ListedEvent, LogPage, SpanRef, TimeAxis } from './answers.ts';
import { FLAG } from './columns.ts';
import { foundAmong } from './find-events.ts';
import type { Joined } from './joins.ts';
import type { LogIndex } from './log-index.ts';
import { Pace } from './pace.ts';
import { present } from './present.ts';
import { type Place, readSpans, rowsOf } from './read-spans.ts';
import { type EventKeys, SessionLogs } from './session-logs.ts';
import type { IndexedSession, SpanIndex } from './span-index.ts';
import { axisOf } from './time-axis.ts';
import { traceKey } from './trace-table.ts';
import type { Page } from './types.ts';

/** The sessions that are one, its first part first. */
type Parts = Omit<Joined, 'number'>;

/** Where the events of a session are, in order, and what is known of all of them. */
interface Order {
  readonly version: string;
  readonly keys: EventKeys;
  /** Of each event: how many it hangs below, and how many below it. */
  readonly depths: Uint32Array;
  readonly below: Uint32Array;
  readonly axis: TimeAxis;
  readonly failures: readonly number[];
  /** What the client recorded of each; absent where nothing is of both sides. */
  readonly peers: readonly (Peer | undefined)[] | undefined;
  readonly isServed: boolean;
  /** Of a session that is small and was asked for lately. */
  events: readonly ListedEvent[] | undefined;
}

/** Where an event of the client is. */
type Peer = Place & Pick<Sided, 'wait'>;

interface Ordered extends Placed, Place, Sided, Kin {
  readonly isFailed: boolean;
  readonly latencyMs: number;
  readonly event: ListedEvent | undefined;
}

const MAX_FAILURES = 1_000;
/** Of all orders that are kept; some twenty bytes each. */
const MAX_PLACES = 500_000;
const MAX_ORDERS = 1_000;
/** Sessions whose events are kept, and the bytes that the spans of such a one have in their files. */
const KEPT_SESSIONS = 16;
const MAX_KEPT_BYTES = 1024 * 1024;

/**
 * The events of sessions, page by page. Of a large session only the order is kept, and a page is read when it is asked
 * for.
 */
export class SessionEvents {
  readonly #index: SpanIndex;
  readonly #logs: SessionLogs;
  /** By its first part; the one asked for last is the last. */
  readonly #orders = new Map<IndexedSession, Order>();

  constructor(index: SpanIndex, logs: LogIndex) {
    this.#index = index;
    this.#logs = new SessionLogs(index, logs);
  }

  async page(
    parts: Parts,
    { offset, limit }: Page,
    search: EventSearch,
  ): Promise<Omit<EventPage, 'row' | 'now'>> {
    const order = await this.#order(parts);
    const { keys, axis, failures, events: kept, peers, isServed } = order;
    const { places } = keys;
    const found = foundAmong(this.#index, places, search);
    const about = { total: places.length, offset, axis, failures, ...present({ found }) };
    const counted = (events: readonly ListedEvent[]) => this.#logs.counted(keys, events);
    if (kept !== undefined) return { ...about, events: await counted(kept.slice(offset, offset + limit)) };
    const asked = places.slice(offset, offset + limit);
    const askedPeers = peers?.slice(offset, offset + limit) ?? [];
    const read = await this.#listedAt([...asked, ...askedPeers.flatMap((peer) => peer ?? [])]);
    const events = asked.flatMap((place, i) => {
      const event = read.get(placeKey(place));
      if (event === undefined) return [];
      const peer = askedPeers[i];
      const both = ofBothSides(event, place, peer && seenBy(read.get(placeKey(peer)), peer), isServed);
      return nestedEvent(both, order.depths[offset + i]!, order.below[offset + i]!);
    });
    return { ...about, events: await counted(events) };
  }

  /** By {@link placeKey}. */
  async #listedAt(places: readonly Place[]): Promise<Map<string, ListedEvent>> {
    const found = new Map<string, ListedEvent>();
    for await (const { file, row, span, service } of readSpans(this.#index, places, new Pace())) {
      const decoded = decodeSpan(span, service);
      if (decoded !== undefined)
        found.set(placeKey({ file, row }), listed(decoded, placedEvent(decoded).event));
    }
    return found;
  }

  /** The log lines of each of these events. */
  async logs(parts: Parts, events: readonly SpanRef[], page: Page): Promise<LogPage[]> {
    const { keys } = await this.#order(parts);
    return this.#logs.read(keys, events, page);
  }

  /** The event of one span; `undefined`: it is gone. */
  async single(place: Place): Promise<ListedEvent | undefined> {
    for await (const { span, service } of readSpans(this.#index, [place], new Pace())) {
      const decoded = decodeSpan(span, service);
      if (decoded !== undefined) return listed(decoded, placedEvent(decoded).event);
    }
    return undefined;
  }

  async #order(parts: Parts): Promise<Order> {
    const first = parts.sessions[0] as IndexedSession;
    const known = this.#orders.get(first);
    const order = known?.version === versionOf(parts) ? known : await this.#makeOrder(parts);
    this.#orders.delete(first);
    this.#orders.set(first, order);
    this.#forget();
    return order;
  }

  /** What is too much, the oldest first. */
  #forget(): void {
    const newestFirst = [...this.#orders].reverse();
    let kept = 0;
    newestFirst.forEach(([session, order], i) => {
      kept += order.keys.places.length;
      if (i > 0 && (kept > MAX_PLACES || i >= MAX_ORDERS)) this.#orders.delete(session);
      if (i >= KEPT_SESSIONS) order.events = undefined;
    });
  }

  async #makeOrder(parts: Parts): Promise<Order> {
    const version = versionOf(parts);
    const all: Ordered[] = [];
    const rows = rowsOf(parts.sessions);
    const isSmall = bytesOf(rows) <= MAX_KEPT_BYTES;
    for await (const { file, row, span, service } of readSpans(this.#index, rows, new Pace())) {
      const decoded = decodeSpan(span, service);
      const placed = decoded === undefined ? undefined : placedEvent(decoded);
      if (decoded === undefined || placed === undefined || placed.isUpdate) continue;
      const { event, timeMs, rank, isOfClient, kind, method, rpcId, requestId, wait } = placed;
      const { latencyMs = 0 } = event;
      all.push({
        file,
        row,
        timeMs,
        rank,
        isOfClient,
        kind,
        method,
        rpcId,
        requestId,
        wait,
        span: lean(placed.span),
        isFailed: isFailure(endingOf(decoded)),
        latencyMs,
        event: isSmall ? listed(decoded, event) : undefined,
      });
    }
    const { kept, peers, isServed } = joinSides(all);
    const nested = nestedInOrder(kept);
    const ordered = nested.map(({ item }) => item);
    return {
      version,
      keys: keysOf(ordered),
      depths: Uint32Array.from(nested, ({ depth }) => depth),
      below: Uint32Array.from(nested, ({ below }) => below),
      axis: axisOf(ordered.map(({ timeMs, latencyMs }) => [timeMs, timeMs + latencyMs])),
      failures: ordered
        .flatMap(({ isFailed, isOfClient }, i) => (isFailed && !(isOfClient && isServed) ? [i] : []))
        .slice(0, MAX_FAILURES),
      peers: peers.size === 0 ? undefined : ordered.map((each) => peerOf(peers.get(each))),
      isServed,
      events: isSmall
        ? nested.flatMap(({ item, depth, below }) => {
            if (item.event === undefined) return [];
            const peer = peers.get(item);
            const event = ofBothSides(item.event, item, peer && seenBy(peer.event, peer), isServed);
            return nestedEvent(event, depth, below);
          })
        : undefined,
    };
  }
}

/** An event with what its client recorded of it, or where that alone is recorded. */
function ofBothSides(
  event: ListedEvent,
  { file, row }: Place,
  client: SeenByClient | undefined,
  isServed: boolean,
): ListedEvent {
  if (client !== undefined) return { ...event, ...present(withSides(event, client)) };
  const isOfClient = (file.columns.flags[row]! & FLAG.client) !== 0;
  return isOfClient && isServed ? { ...event, side: 'client' } : event;
}

function seenBy(event: ListedEvent | undefined, { wait }: Pick<Peer, 'wait'>): SeenByClient | undefined {
  return event && { ...event, wait };
}

function peerOf(each: Peer | undefined): Peer | undefined {
  return each && { file: each.file, row: each.row, wait: each.wait };
}

function placeKey({ file, row }: Place): string {
  return `${file.owner} ${row}`;
}

function nestedEvent(event: ListedEvent, depth: number, below: number): ListedEvent {
  return depth === 0 && below === 0
    ? event
    : { ...event, ...(depth > 0 && { depth }), ...(below > 0 && { below }) };
}

/** The version of a session only grows, so that of the same sessions the sum tells. */
function versionOf({ sessions, stamp }: Parts): string {
  return `${stamp} ${sessions.reduce((sum, { version }) => sum + version, 0)}`;
}

function keysOf(ordered: readonly Ordered[]): EventKeys {
  return {
    places: ordered.map(({ file, row }) => ({ file, row })),
    traces: Float64Array.from(ordered, ({ span }) => traceKey(span.traceId)),
  };
}

/** Without the attributes: a session may have very many spans. */
function lean({ traceId, spanId, parentSpanId, startMs, startNanos }: Placed['span']): Placed['span'] {
  return { traceId, spanId, parentSpanId, startMs, startNanos };
}

function bytesOf(places: readonly Place[]): number {
  return places.reduce((sum, { file, row }) => {
    const length = file.columns.length[row]!;
    // Of a span that is found by its number the whole line is read.
    return sum + (length === 0 ? MAX_KEPT_BYTES : length);
  }, 0);
}

function listed(span: RecordedSpan, event: SessionEvent): ListedEvent {
  const { timeMs, kind, type, traceId, spanId } = event;
  const { attributes } = span;
  const listed = listedToolsOf({
    list: attributes.get(ATTR_MCP_TOOLS_NAMES_LIST),
    joined: attributes.get(ATTR_MCP_TOOLS_NAMES),
    count: attributes.get(ATTR_MCP_TOOLS_COUNT),
  });
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
      rpcId: event.rpcId,
      stacks: event.stacks,
      message: event.message,
      requestSize: event.requestSize,
      responseSize: event.responseSize,
      toolNames: listed?.names,
      toolCount: listed?.hasMore === true ? listed.count : undefined,
    }),
  };
}

function isAboutTool(span: RecordedSpan, { target }: SessionEvent): boolean {
  if (target === undefined) return false;
  return textOf(span, ATTR_GEN_AI_TOOL_NAME) === target || textOf(span, ATTR_MCP_TOOL_NAME) === target;
}
