import { isSpanContextValid, type SpanContext } from '@opentelemetry/api';
import type { Operation } from './operation/operation.ts';
import { processSession } from './process-session.ts';
import { shortName } from './protocol/meta.ts';
import { currentOperation } from './signals/current-operation.ts';
import { innermostSpan } from './signals/own-context.ts';
import type { CurrentRequest } from './types.ts';

/** The ids as the spans have them; see `TelemetryManager.currentRequest`. */
export function currentRequest(): CurrentRequest | undefined {
  const operation = currentOperation();
  if (operation === undefined) return undefined;
  const { session, conversationId, requestUuid, id, method, subject } = operation;
  const span = spanContextIn(operation);
  return {
    sessionId: processSession().id,
    ...(session !== undefined && {
      clientSessionId: session.id,
      clientSessionSource: (session.partOf ?? session).source,
    }),
    ...(conversationId !== undefined && { conversationId }),
    ...(requestUuid !== undefined && { requestId: requestUuid }),
    ...(id !== undefined && { jsonrpcRequestId: shortName(String(id)) }),
    method: shortName(method),
    ...(subject?.kind === 'tool' && { toolName: shortName(subject.value) }),
    ...(span !== undefined && { traceId: span.traceId, spanId: span.spanId }),
  };
}

/** What the handler logs belongs to the innermost span. */
function spanContextIn({ span }: Operation): SpanContext | undefined {
  const active = (innermostSpan() ?? span).spanContext();
  return isSpanContextValid(active) ? active : undefined;
}
