import {
  ATTR_MCP_LOG_DATA,
  ATTR_MCP_LOG_LEVEL,
  ATTR_MCP_LOG_LOGGER,
  ATTR_MCP_METHOD_NAME,
} from '../../sdk/signals/semconv.ts';
import { type LogLine, severityNumberOf } from '../recording/log-records.ts';
import type { RecordedSpan } from '../recording/otlp.ts';
import { textOf } from './session-span.ts';

/** The log line that a server sent to its client; its text is there where results are recorded. */
export function messageOf(span: RecordedSpan): LogLine | undefined {
  if (textOf(span, ATTR_MCP_METHOD_NAME) !== 'notifications/message') return undefined;
  const severity = textOf(span, ATTR_MCP_LOG_LEVEL);
  const logger = textOf(span, ATTR_MCP_LOG_LOGGER);
  const data = textOf(span, ATTR_MCP_LOG_DATA);
  if (severity === undefined && logger === undefined && data === undefined) return undefined;
  const severityNumber = severityNumberOf({ severityText: severity });
  return {
    timeMs: span.startMs,
    ...(severity !== undefined && { severity }),
    ...(severityNumber > 0 && { severityNumber }),
    ...(logger !== undefined && { logger }),
    text: data ?? '',
  };
}
