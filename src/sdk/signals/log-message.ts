import type { Attributes } from '@opentelemetry/api';
import { isRecord } from '../protocol/json-rpc.ts';
import * as semconv from './semconv.ts';
import type { Capture } from './signal-parts.ts';

export const LOG_MESSAGE_METHOD = 'notifications/message';

/** Those of MCP, which are those of syslog. */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

/**
 * What a log message to the client says.
 *
 * @param withData - whether its text too, which may be anything that a tool has seen
 */
export function logMessageAttributes(params: unknown, capture: Capture, withData: boolean): Attributes {
  if (!isRecord(params)) return {};
  const { level, logger, data } = params;
  const attributes: Attributes = {};
  if (typeof level === 'string')
    attributes[semconv.ATTR_MCP_LOG_LEVEL] = LEVELS.includes(level) ? level : semconv.OTHER;
  if (typeof logger === 'string' && logger !== '')
    attributes[semconv.ATTR_MCP_LOG_LOGGER] = capture.label(logger);
  if (withData && data !== undefined)
    attributes[semconv.ATTR_MCP_LOG_DATA] =
      typeof data === 'string' ? capture.text(data) : capture.json(data);
  return attributes;
}
