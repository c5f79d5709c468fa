import {
  ATTR_ERROR_TYPE,
  ATTR_GEN_AI_PROMPT_NAME,
  ATTR_GEN_AI_TOOL_CALL_ARGUMENTS,
  ATTR_GEN_AI_TOOL_CALL_RESULT,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_JSONRPC_REQUEST_ID,
  ATTR_MCP_CLIENT_NAME,
  ATTR_MCP_CLIENT_VERSION,
  ATTR_MCP_METHOD_NAME,
  ATTR_MCP_PROTOCOL_VERSION,
  ATTR_MCP_RESOURCE_URI,
  ATTR_MCP_SESSION_ID,
  ATTR_MCP_TOOLS_NAMES_LIST,
  ERROR_TYPE_TOOL,
  OTHER,
} from '../../../sdk/signals/semconv.ts';
import type { AttributeMap, AttributeValue } from '../attributes.ts';
import type { ForeignInput, Told } from './types.ts';

type Record_ = Readonly<Record<string, unknown>>;

/** Which method an answer is of, by what only such an answer has. */
const ANSWERS: readonly (readonly [field: string, method: string])[] = [
  ['protocolVersion', 'initialize'],
  ['tools', 'tools/list'],
  ['content', 'tools/call'],
  ['contents', 'resources/read'],
  ['messages', 'prompts/get'],
  ['prompts', 'prompts/list'],
  ['resources', 'resources/list'],
  ['resourceTemplates', 'resources/templates/list'],
  ['completion', 'completion/complete'],
];
const LOGFIRE_HANDLING = 'MCP server handle request: ';
const TRACELOOP_TOOL = '.tool';

/**
 * Traceloop's for Python: `<tool>.tool` below `mcp.server` with FastMCP 2, and `ResponseStreamWriter` for every message that
 * is written, which knows the answer but neither method nor tool. Its other spans are a client's.
 */
export function readTraceloop({ name, attributes }: ForeignInput): Told | undefined {
  if (name === 'ResponseStreamWriter') return readWritten(attributes);
  // Only those of a server name a workflow.
  if (!name.endsWith(TRACELOOP_TOOL) || !attributes.has('traceloop.workflow.name')) return undefined;
  const input = json(attributes.get('traceloop.entity.input'));
  return {
    attributes: {
      [ATTR_MCP_METHOD_NAME]: 'tools/call',
      [ATTR_GEN_AI_TOOL_NAME]:
        attributes.get('traceloop.entity.name') ?? name.slice(0, -TRACELOOP_TOOL.length),
      [ATTR_GEN_AI_TOOL_CALL_ARGUMENTS]: textOf(input?.['arguments']),
      [ATTR_GEN_AI_TOOL_CALL_RESULT]: attributes.get('traceloop.entity.output'),
      [ATTR_ERROR_TYPE]: attributes.get(ATTR_ERROR_TYPE),
    },
    half: 'handling',
  };
}

function readWritten(attributes: AttributeMap): Told | undefined {
  const id = attributes.get('mcp.request.id');
  // A notification.
  if (id === undefined) return undefined;
  const result = json(attributes.get('mcp.response.value'));
  if (result === undefined) {
    const told = { [ATTR_MCP_METHOD_NAME]: OTHER, [ATTR_JSONRPC_REQUEST_ID]: String(id) };
    return { attributes: told, isFailed: true, half: 'unsure' };
  }
  const method = ANSWERS.find(([field]) => field in result)?.[1] ?? (isEmpty(result) ? 'ping' : OTHER);
  return {
    attributes: {
      [ATTR_MCP_METHOD_NAME]: method,
      [ATTR_JSONRPC_REQUEST_ID]: String(id),
      ...toldByResult(method, result),
    },
    isFailed: result['isError'] === true,
    half: 'answer',
  };
}

/** Logfire's have the whole messages, as JSON. Where a client sends or answers, the name says so. */
export function readLogfire({ name, attributes }: ForeignInput): Told | undefined {
  if (!name.startsWith(LOGFIRE_HANDLING)) return undefined;
  const request = json(attributes.get('request'));
  const params = object(request?.['params']);
  const result = json(attributes.get('response'));
  const method = name.slice(LOGFIRE_HANDLING.length);
  const target = method === 'tools/call' ? ATTR_GEN_AI_TOOL_NAME : ATTR_GEN_AI_PROMPT_NAME;
  const id = request?.['id'];
  return {
    attributes: {
      [ATTR_MCP_METHOD_NAME]: method,
      [ATTR_JSONRPC_REQUEST_ID]: id === undefined ? undefined : String(id),
      [target]: stringOf(params['name']),
      [ATTR_MCP_RESOURCE_URI]: stringOf(params['uri']),
      [ATTR_GEN_AI_TOOL_CALL_ARGUMENTS]: method === 'tools/call' ? textOf(params['arguments']) : undefined,
      [ATTR_ERROR_TYPE]: attributes.get(ATTR_ERROR_TYPE),
      ...(result === undefined ? {} : toldByResult(method, result)),
    },
    isFailed: result?.['isError'] === true,
  };
}

/** AgentCat's have names of their own for everything; `initialize` has a tool's name that is none. */
export function readAgentCat({ attributes }: ForeignInput): Told | undefined {
  const event = stringOf(attributes.get('mcp.event_type'));
  if (event === undefined) return undefined;
  const method = event.replace(/^mcp:/, '');
  return {
    attributes: {
      [ATTR_MCP_METHOD_NAME]: method,
      [ATTR_MCP_SESSION_ID]: attributes.get('mcp.session_id'),
      [ATTR_GEN_AI_TOOL_NAME]: method === 'tools/call' ? attributes.get('mcp.resource_name') : undefined,
      [ATTR_MCP_RESOURCE_URI]: method === 'resources/read' ? attributes.get('mcp.resource_name') : undefined,
      [ATTR_MCP_CLIENT_NAME]: attributes.get('mcp.client_name'),
      [ATTR_MCP_CLIENT_VERSION]: attributes.get('mcp.client_version'),
    },
  };
}

function toldByResult(method: string, result: Record_): Record<string, AttributeValue | undefined> {
  const tools = Array.isArray(result['tools']) ? result['tools'] : undefined;
  return {
    [ATTR_MCP_PROTOCOL_VERSION]: stringOf(result['protocolVersion']),
    [ATTR_MCP_TOOLS_NAMES_LIST]: tools?.flatMap((tool) => stringOf(object(tool)['name']) ?? []),
    [ATTR_GEN_AI_TOOL_CALL_RESULT]: method === 'tools/call' ? textOf(result) : undefined,
    ...(result['isError'] === true && { [ATTR_ERROR_TYPE]: ERROR_TYPE_TOOL }),
  };
}

function json(value: unknown): Record_ | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record_)
      : undefined;
  } catch {
    // Cut off, most likely.
    return undefined;
  }
}

function object(value: unknown): Record_ {
  return typeof value === 'object' && value !== null ? (value as Record_) : {};
}

function isEmpty(value: Record_): boolean {
  return Object.keys(value).every((key) => key === 'meta' || key === '_meta');
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : JSON.stringify(value);
}
