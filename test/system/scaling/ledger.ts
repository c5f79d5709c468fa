/** One span as the ledger needs it. */
export interface LedgerSpan {
  spanId: string;
  traceId: string;
  parentSpanId: string;
  name: string;
  attributes: Record<string, unknown>;
}

/** What became of a session on its way. */
export type Fate = 'whole' | 'part' | 'none';

/** The spans of sessions, each counted once, however often it arrived. */
export class Ledger {
  readonly #bySession = new Map<string, Map<string, LedgerSpan>>();
  /** Spans that arrived a second time. */
  duplicates = 0;
  spans = 0;

  /** Takes the body of an OTLP/HTTP JSON request with traces. */
  add(body: any): void {
    for (const span of spansOf(body)) {
      const session = String(span.attributes['mcp.client.session.id'] ?? '');
      const known = this.#bySession.get(session) ?? new Map<string, LedgerSpan>();
      this.#bySession.set(session, known);
      if (known.has(span.spanId)) {
        this.duplicates += 1;
      } else {
        known.set(span.spanId, span);
        this.spans += 1;
      }
    }
  }

  /** Every span of a session; a session of '' has those without one. */
  of(session: string): LedgerSpan[] {
    return [...(this.#bySession.get(session)?.values() ?? [])];
  }

  traces(): Set<string> {
    const spans = [...this.#bySession.values()].flatMap((each) => [...each.values()]);
    return new Set(spans.map(({ traceId }) => traceId));
  }

  /** How much of what `all` has of a session this ledger has. */
  fateOf(session: string, all: Ledger): Fate {
    const here = this.#bySession.get(session)?.size ?? 0;
    if (here === 0) return 'none';
    return all.of(session).every(({ spanId }) => this.#bySession.get(session)?.has(spanId))
      ? 'whole'
      : 'part';
  }
}

/** The spans of an OTLP/HTTP JSON request. */
export function spansOf(body: any): LedgerSpan[] {
  return (body.resourceSpans ?? []).flatMap(({ scopeSpans }: any) =>
    (scopeSpans ?? []).flatMap(({ spans }: any) =>
      (spans ?? []).map((span: any) => ({
        spanId: span.spanId,
        traceId: span.traceId,
        parentSpanId: span.parentSpanId ?? '',
        name: span.name,
        attributes: plain(span.attributes),
      })),
    ),
  );
}

/** The newest of a session's own spans: the one that its row in a table is made of. */
export function newestRow(spans: readonly LedgerSpan[]): LedgerSpan | undefined {
  const rows = spans.filter(({ attributes }) => attributes['mcp.client.session.seq'] !== undefined);
  const seq = ({ attributes }: LedgerSpan): number => Number(attributes['mcp.client.session.seq']);
  return rows.sort((left, right) => seq(right) - seq(left))[0];
}

function plain(attributes: any[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value ?? {})[0]]));
}
