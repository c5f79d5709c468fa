import type { ApiSpanRef, ApiTrace, ApiTraceSpan } from '../../server/api.ts';
import { client } from '../data/api-client.ts';
import { Pages } from '../data/pages.ts';

/** The spans of the trace around an event, as they come into view. */
export class TraceSpans extends Pages<ApiTraceSpan, ApiTrace> {
  readonly #span: ApiSpanRef;

  constructor(span: ApiSpanRef) {
    super();
    this.#span = span;
    this.showWhole();
    void this.load(0);
  }

  protected async ask(offset: number, limit: number) {
    const answer = await client.trace(this.#span, offset, limit);
    return { answer, items: answer.spans };
  }
}
