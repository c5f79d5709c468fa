import type { Attributes, Meter, ObservableResult } from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import { processWide } from '../process-wide.ts';
import { METRIC_SERVER_OPERATION_ACTIVE } from './semconv.ts';

/** How many requests are open under one attribute set. */
interface OpenPoint {
  attributes: Attributes;
  open: number;
}

/** What one manager has open. */
type Source = () => Iterable<OpenPoint>;

/**
 * The open requests of one manager, by method. They are counted here and told when the meter asks: an up-down counter
 * of the SDK that is added to twice for every request takes a tenth of all the time that recording takes.
 */
export class OpenRequests {
  readonly #byMethod = new Map<string, number>();
  readonly #attributesOf: (method: string) => Attributes;
  readonly #release: () => void;

  /** @param attributesOf what the data point of a method carries. */
  constructor(meter: Meter, attributesOf: (method: string) => Attributes) {
    this.#attributesOf = attributesOf;
    this.#release = tell(meter, () => this.#points());
  }

  change(method: string, by: 1 | -1): void {
    this.#byMethod.set(method, (this.#byMethod.get(method) ?? 0) + by);
  }

  /** The meter may be the application's and live on. */
  release(): void {
    this.#release();
  }

  *#points(): Iterable<OpenPoint> {
    for (const [method, open] of this.#byMethod) yield { attributes: this.#attributesOf(method), open };
  }
}

/**
 * Of two instruments of one name and meter only one would be heard: managers that share the application's meter share
 * the instrument, too.
 *
 * @returns a function that takes the source back.
 */
function tell(meter: Meter, source: Source): () => void {
  const sourcesOf = processWide('open-requests', () => new WeakMap<Meter, Set<Source>>());
  let sources = sourcesOf.get(meter);
  if (sources === undefined) {
    const created = new Set<Source>();
    sources = created;
    sourcesOf.set(meter, created);
    guard('watching the open requests', () => watch(meter, created));
  }
  sources.add(source);
  return () => void sources.delete(source);
}

function watch(meter: Meter, sources: Iterable<Source>): void {
  const counter = meter.createObservableUpDownCounter(METRIC_SERVER_OPERATION_ACTIVE, {
    description: 'Requests that were received and not yet answered.',
    unit: '{request}',
  });
  counter.addCallback((result) => void guard('telling the open requests', () => observe(sources, result)));
}

/** Data processors can make two attribute sets the same; of these the sum counts. */
function observe(sources: Iterable<Source>, result: ObservableResult): void {
  const sums = new Map<string, OpenPoint>();
  for (const source of sources) {
    for (const { attributes, open } of source()) {
      const key = JSON.stringify(Object.entries(attributes).sort());
      const before = sums.get(key)?.open ?? 0;
      sums.set(key, { attributes, open: before + open });
    }
  }
  for (const { attributes, open } of sums.values()) result.observe(open, attributes);
}
