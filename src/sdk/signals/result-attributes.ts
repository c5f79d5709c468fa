import type { Attributes } from '@opentelemetry/api';
import type { Operation } from '../operation/operation.ts';
import { joinNames } from '../protocol/names.ts';
import { listedTools } from '../protocol/tools.ts';
import { jsonSize } from './json-size.ts';
import * as semconv from './semconv.ts';
import type { SignalParts } from './signal-parts.ts';

/** Of `mcp.tools.names`; the array holds more. */
const MAX_JOINED_NAMES = 200;

/** What the span of an operation says of its result: which tools were listed, and, on request, what a tool has returned. */
export function resultAttributes(
  { method, protocolVersion }: Operation,
  result: unknown,
  { collect, capture }: Pick<SignalParts, 'collect' | 'capture'>,
): Attributes {
  const attributes = method === 'tools/list' ? listAttributes(result) : {};
  if (method === 'initialize' && protocolVersion !== undefined)
    attributes[semconv.ATTR_MCP_PROTOCOL_VERSION] = protocolVersion;
  if (collect.results && method === 'tools/call')
    attributes[semconv.ATTR_GEN_AI_TOOL_CALL_RESULT] = capture.json(result);
  return attributes;
}

function listAttributes(result: unknown): Attributes {
  const tools = listedTools(result);
  if (tools === undefined) return {};
  const attributes: Attributes = {
    [semconv.ATTR_MCP_TOOLS_COUNT]: tools.count,
    [semconv.ATTR_MCP_TOOLS_NAMES]: joinNames(tools.names.slice(0, MAX_JOINED_NAMES)),
    [semconv.ATTR_MCP_TOOLS_NAMES_LIST]: tools.names,
  };
  const size = jsonSize((result as { tools: unknown[] }).tools);
  if (size !== undefined) attributes[semconv.ATTR_MCP_TOOLS_SIZE] = size;
  return attributes;
}
