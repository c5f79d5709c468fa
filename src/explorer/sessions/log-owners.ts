/** A line of a log, as far as it tells to which event it belongs. */
export interface OwnedLine<S> {
  /** Its span, within the trace. */
  readonly span: S;
  readonly timeMs: number;
  readonly service: string | undefined;
}

/** A span of one trace that lines may belong to. */
export interface OwningSpan<S> {
  readonly span: S;
  readonly startMs: number;
  readonly endMs: number;
  readonly service: string | undefined;
  /** Whether it is a request that a client made: what its handler does belongs to it. */
  readonly isRequest: boolean;
}

/** An event of a session. */
export interface OwningEvent<S> extends OwningSpan<S> {
  /** Which event of the session it is. */
  readonly place: number;
}

/** In place of a place: an event of another session. */
const ELSEWHERE = -1;

/**
 * Which event of a session the lines of one trace belong to: the one of the same span. A line of a span that is no
 * event, such as a query to a database within a request, belongs to the request of the same service that was open at
 * that time. Where several were, it cannot be told of which it is, and the line belongs to none. A trace may lead through
 * several sessions: what is another session's is never told to be of this one.
 */
export class LogOwners<S> {
  readonly #bySpan = new Map<S, number>();
  readonly #open = new Map<string | undefined, OpenRequests>();

  /** @param recorded - all spans of the trace, of whatever session; those of the events may be among them */
  constructor(events: Iterable<OwningEvent<S>>, recorded: Iterable<OwningSpan<S>>) {
    const requests = new Map<string | undefined, OwningEvent<S>[]>();
    const add = (event: OwningEvent<S>): void => {
      this.#bySpan.set(event.span, event.place);
      if (!event.isRequest) return;
      const ofService = requests.get(event.service);
      if (ofService === undefined) requests.set(event.service, [event]);
      else ofService.push(event);
    };
    for (const event of events) add(event);
    for (const other of recorded) if (!this.#bySpan.has(other.span)) add({ ...other, place: ELSEWHERE });
    for (const [service, ofService] of requests) this.#open.set(service, new OpenRequests(ofService));
  }

  /** The place of the event of a span; `undefined`: the span is none of this session. */
  eventOf(span: S): number | undefined {
    return here(this.#bySpan.get(span));
  }

  /** The place of the event; `undefined`: it belongs to none of this session. */
  placeOf({ span, timeMs, service }: OwnedLine<S>): number | undefined {
    return here(this.#bySpan.get(span) ?? this.#open.get(service)?.onlyOneAt(timeMs));
  }
}

function here(place: number | undefined): number | undefined {
  return place === ELSEWHERE ? undefined : place;
}

/** Tells the only request that is open at a time, without going through all of them: a trace may have very many. */
class OpenRequests {
  readonly #begun: Sums;
  readonly #over: Sums;

  /** Clocks differ in what they leave out below a millisecond. */
  constructor(requests: readonly OwningEvent<unknown>[]) {
    this.#begun = new Sums(requests.map(({ place, startMs }) => ({ place, timeMs: Math.floor(startMs) })));
    this.#over = new Sums(requests.map(({ place, endMs }) => ({ place, timeMs: Math.floor(endMs) + 1 })));
  }

  onlyOneAt(timeMs: number): number | undefined {
    const begun = this.#begun.until(timeMs);
    const over = this.#over.until(timeMs);
    // Of all places that began, less those that are over, one is left.
    return begun.count - over.count === 1 ? begun.sum - over.sum : undefined;
  }
}

/** How many moments there are until a time, and the sum of their places. */
class Sums {
  readonly #times: Float64Array;
  readonly #sums: Float64Array;

  constructor(moments: { place: number; timeMs: number }[]) {
    moments.sort((a, b) => a.timeMs - b.timeMs);
    this.#times = Float64Array.from(moments, ({ timeMs }) => timeMs);
    let sum = 0;
    this.#sums = Float64Array.from(moments, ({ place }) => {
      sum += place;
      return sum;
    });
  }

  until(timeMs: number): { count: number; sum: number } {
    let [from, to] = [0, this.#times.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#times[middle]! <= timeMs) from = middle + 1;
      else to = middle;
    }
    return { count: from, sum: from === 0 ? 0 : this.#sums[from - 1]! };
  }
}
