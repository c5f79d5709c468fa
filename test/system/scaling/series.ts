/** What decides how many series the metrics of one process have. */
export interface Shape {
  /** Tools that were called. */
  tools: number;
  /** Kinds of errors that each tool had. */
  errorTypes: number;
  /** Names of clients. */
  clients: number;
}

/** Data points of one process, by the kind of instrument. */
export interface Points {
  operations: number;
  /** Of requests and of responses. */
  sizes: number;
  clientSessions: number;
  active: number;
  process: number;
}

/** Series that Prometheus makes of one point of a histogram: its buckets, +Inf, sum and count. */
export const OPERATION_SERIES = 14 + 3;
export const SIZE_SERIES = 13 + 3;
export const SESSION_SERIES = 20 + 3;

/**
 * The data points that a process has whose clients say `initialize`, list the tools, and use every tool, with success and
 * with each error. Transports and protocol versions multiply the operations where there are several.
 */
export function pointsOf({ tools, errorTypes, clients }: Shape): Points {
  // initialize, notifications/initialized and tools/list.
  const [plainMethods, requestMethods] = [3, 3];
  return {
    operations: plainMethods + tools * (1 + errorTypes),
    // A notification has no response, and a failed call is one of its tool.
    sizes: plainMethods - 1 + plainMethods + 2 * tools,
    clientSessions: clients,
    active: clients + requestMethods,
    process: 1,
  };
}

/** The series that Prometheus makes of them, `target_info` not counted. */
export function seriesOf({ operations, sizes, clientSessions, active, process }: Points): number {
  const histograms = operations * OPERATION_SERIES + sizes * SIZE_SERIES;
  return histograms + (clientSessions + process) * SESSION_SERIES + active;
}

/** Counts the data points of OTLP/HTTP JSON requests; each set of attributes of a metric of a process once. */
export class SeriesCounter {
  readonly #points = new Map<string, number>();
  bytes = 0;
  wireBytes = 0;

  add(body: any): void {
    for (const { resource, scopeMetrics } of body.resourceMetrics ?? []) {
      const instance = JSON.stringify(resource?.attributes ?? []);
      for (const { metrics } of scopeMetrics) {
        for (const { name, histogram, sum } of metrics) {
          for (const point of (histogram ?? sum)?.dataPoints ?? []) {
            const series = histogram === undefined ? 1 : point.bucketCounts.length + 2;
            this.#points.set(`${instance} ${name} ${JSON.stringify(point.attributes)}`, series);
          }
        }
      }
    }
  }

  get points(): number {
    return this.#points.size;
  }

  /** As Prometheus counts. */
  get series(): number {
    return [...this.#points.values()].reduce((sum, series) => sum + series, 0);
  }
}
