/** What one run delivered to the collector. */
export interface RunCounts {
  spans: number;
  /** Spans of `tools/call`, whatever a package calls them. */
  callSpans: number;
  byName: Record<string, number>;
  /** Attributes that spans of calls carried, and data points, by the name of their metric. */
  spanAttributes: string[];
  pointAttributes: Record<string, string[]>;
  /** Data points that arrived, each export counted. */
  points: number;
  /** Newest value per metric, added up over its series: the number of measurements of a histogram, the sum of others. */
  values: Record<string, number>;
}

export function noCounts(): RunCounts {
  return {
    spans: 0,
    callSpans: 0,
    byName: {},
    spanAttributes: [],
    pointAttributes: {},
    points: 0,
    values: {},
  };
}

/** Adds up what the OTLP JSON requests of one run hold. */
export class RunCounter {
  readonly #counts = noCounts();
  /** Newest value of each series: exports are cumulative, so each one repeats what was before. */
  readonly #series = new Map<string, { metric: string; value: number }>();

  addTraces(body: any): void {
    for (const { scopeSpans } of body.resourceSpans ?? []) {
      for (const { spans } of scopeSpans) for (const span of spans) this.#addSpan(span);
    }
  }

  addMetrics(body: any): void {
    for (const { scopeMetrics } of body.resourceMetrics ?? []) {
      for (const { metrics } of scopeMetrics) for (const metric of metrics) this.#addMetric(metric);
    }
  }

  counts(): RunCounts {
    const values: Record<string, number> = {};
    for (const { metric, value } of this.#series.values()) values[metric] = (values[metric] ?? 0) + value;
    return { ...this.#counts, values };
  }

  #addSpan({ name, attributes }: any): void {
    const counts = this.#counts;
    counts.spans += 1;
    counts.byName[name] = (counts.byName[name] ?? 0) + 1;
    if (!name.includes('tools/call')) return;
    counts.callSpans += 1;
    counts.spanAttributes = keysOf(attributes);
  }

  #addMetric({ name, histogram, sum, gauge }: any): void {
    for (const point of (histogram ?? sum ?? gauge)?.dataPoints ?? []) {
      this.#counts.points += 1;
      this.#counts.pointAttributes[name] = keysOf(point.attributes);
      const value = Number(point.count ?? point.asInt ?? point.asDouble);
      this.#series.set(`${name} ${JSON.stringify(point.attributes)}`, { metric: name, value });
    }
  }
}

function keysOf(attributes: { key: string }[] = []): string[] {
  return attributes.map(({ key }) => key).sort();
}
