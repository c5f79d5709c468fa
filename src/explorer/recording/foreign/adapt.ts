import {
  ATTR_ERROR_TYPE,
  ATTR_GEN_AI_CONVERSATION_ID,
  ATTR_GEN_AI_TOOL_CALL_ARGUMENTS,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_JSONRPC_REQUEST_ID,
  ATTR_MCP_CLIENT_CONNECTION_ID,
  ATTR_MCP_CLIENT_NAME,
  ATTR_MCP_CLIENT_SESSION_ID,
  ATTR_MCP_METHOD_NAME,
  ATTR_MCP_PROTOCOL_VERSION,
  ATTR_MCP_SESSION_ID,
  ATTR_NETWORK_TRANSPORT,
  ERROR_TYPE_CANCELLED,
  ERROR_TYPE_TOOL,
} from '../../../sdk/signals/semconv.ts';
import type { AttributeMap, AttributeValue, SpanKind } from '../attributes.ts';
import { spanKey } from '../key-set.ts';
import { ALIASES, ARGUMENT_PREFIX, FAILURES, OWN_WAYS, TARGETS, TO_CLIENT } from './table.ts';
import type { ForeignInput, ForeignSpan, Half, Told } from './types.ts';

/** A message of a server, recorded by another instrumentation, as this package would have recorded it. */
export interface ForeignMessage {
  /** The scope: the instrumentation's name, and its version where it tells it. */
  readonly sender: string;
  readonly attributes: AttributeMap;
  /** `server`: received. `client`: sent to the client. */
  readonly kind: SpanKind;
  readonly isFailed: boolean;
  readonly half: Half | undefined;
  /** The session id of the protocol, where its revision has one. */
  readonly protocolId: string | undefined;
  readonly conversationId: string | undefined;
}

/** Who recorded a span, besides its process. */
export interface Scope {
  /** Name, and `@` with the version. */
  readonly scope?: string | undefined;
  /** `mcp.session.id` of the resource: Shinzo's has it there too. */
  readonly resourceSessionId?: string | undefined;
  /** This package recorded it. */
  readonly isOwn?: boolean;
}

/** From this revision on the protocol has no sessions: what is called so is made anew for every request. */
const FIRST_WITHOUT_SESSIONS = '2026-07-28';
/** Only this package has them: of its spans that are read again, the scope is not known. */
const OWN = [ATTR_MCP_CLIENT_SESSION_ID, ATTR_MCP_CLIENT_CONNECTION_ID];
const UNKNOWN_SENDER = 'unknown';
const STDIO = /stdio|^pipe$/i;

/** `undefined`: not a message of a server, or one that this package recorded. */
export function adaptForeign(input: ForeignInput, scope: Scope): ForeignMessage | undefined {
  const { attributes } = input;
  if (scope.isOwn === true || OWN.some((key) => attributes.has(key))) return undefined;
  const told = toldBy(input, scope);
  const method = told?.attributes[ATTR_MCP_METHOD_NAME];
  if (told === undefined || typeof method !== 'string') return undefined;
  const kind = roleOf(input.kind, method);
  if (kind === undefined) return undefined;
  const adapted = new Map<string, AttributeValue>();
  for (const key of Object.keys(told.attributes)) {
    const value = told.attributes[key];
    if (value !== undefined && value !== '') adapted.set(key, value);
  }
  const isFailed = told.isFailed === true || failedBy(attributes, adapted);
  if (isFailed && method === 'tools/call' && !adapted.has(ATTR_ERROR_TYPE))
    adapted.set(ATTR_ERROR_TYPE, ERROR_TYPE_TOOL);
  const version = textOf(adapted.get(ATTR_MCP_PROTOCOL_VERSION)) ?? '';
  const id = textOf(adapted.get(ATTR_MCP_SESSION_ID)) ?? scope.resourceSessionId;
  return {
    sender: scope.scope ?? UNKNOWN_SENDER,
    attributes: adapted,
    kind,
    isFailed,
    half: told.half,
    protocolId: version >= FIRST_WITHOUT_SESSIONS ? undefined : id,
    conversationId: textOf(adapted.get(ATTR_GEN_AI_CONVERSATION_ID)),
  };
}

/** What tells the session of a message that another instrumentation recorded. */
export function foreignSpan(
  { sender, attributes, kind, half, protocolId, conversationId }: ForeignMessage,
  span: Pick<ForeignSpan, 'trace' | 'span' | 'startMs' | 'endMs' | 'process'> & {
    readonly parentSpanId: string | undefined;
    readonly serviceName: string | undefined;
  },
): ForeignSpan {
  const { parentSpanId, startMs, endMs, serviceName, process } = span;
  return {
    trace: span.trace,
    span: span.span,
    parent: parentSpanId === undefined ? 0 : spanKey(parentSpanId),
    service: serviceName,
    process,
    sender,
    method: textOf(attributes.get(ATTR_MCP_METHOD_NAME)) ?? '',
    tool: textOf(attributes.get(ATTR_GEN_AI_TOOL_NAME)),
    isReceived: kind === 'server',
    half,
    protocolId,
    conversationId,
    clientName: textOf(attributes.get(ATTR_MCP_CLIENT_NAME)),
    protocolVersion: textOf(attributes.get(ATTR_MCP_PROTOCOL_VERSION)),
    transport: textOf(attributes.get(ATTR_NETWORK_TRANSPORT)),
    startMs,
    endMs,
  };
}

function toldBy(input: ForeignInput, { scope }: Scope): Told | undefined {
  const name = nameOf(scope ?? '');
  const way = OWN_WAYS.find((each) => each.scope.test(name));
  return way === undefined ? toldByAliases(input.attributes) : way.read(input);
}

function toldByAliases(attributes: AttributeMap): Told | undefined {
  const method = textOf(firstOf(attributes, ALIASES[ATTR_MCP_METHOD_NAME]));
  if (method === undefined) return undefined;
  const told: Record<string, AttributeValue | undefined> = {};
  for (const [ours, theirs] of Object.entries(ALIASES)) told[ours] = firstOf(attributes, theirs);
  const target = Object.hasOwn(TARGETS, method) ? TARGETS[method] : undefined;
  if (target !== undefined) told[target.as] = firstOf(attributes, target.from);
  told[ATTR_JSONRPC_REQUEST_ID] &&= String(told[ATTR_JSONRPC_REQUEST_ID]);
  told[ATTR_GEN_AI_TOOL_CALL_ARGUMENTS] ??= argumentsOf(attributes);
  told[ATTR_NETWORK_TRANSPORT] ??= transportOf(textOf(attributes.get('mcp.transport')));
  return { attributes: told };
}

/** `server`: received by a server. `client`: sent by it. `undefined`: a client's. Some give every span the kind INTERNAL. */
function roleOf(kind: SpanKind, method: string): SpanKind | undefined {
  if (kind === 'client') return TO_CLIENT.has(method) ? 'client' : undefined;
  if (!TO_CLIENT.has(method)) return 'server';
  return kind === 'server' ? undefined : 'client';
}

function failedBy(attributes: AttributeMap, adapted: AttributeMap): boolean {
  const type = adapted.get(ATTR_ERROR_TYPE);
  if (type !== undefined) return type !== ERROR_TYPE_CANCELLED;
  return FAILURES.some(
    ({ attribute, isFailure }) => attributes.has(attribute) && isFailure(attributes.get(attribute)),
  );
}

function argumentsOf(attributes: AttributeMap): string | undefined {
  const found: [string, unknown][] = [];
  for (const [key, value] of attributes)
    if (key.startsWith(ARGUMENT_PREFIX)) found.push([key.slice(ARGUMENT_PREFIX.length), parsed(value)]);
  return found.length === 0 ? undefined : JSON.stringify(Object.fromEntries(found));
}

function parsed(value: AttributeValue): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Sentry has the class of the transport, ToolHive a word. */
function transportOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : STDIO.test(name) ? 'pipe' : 'tcp';
}

function firstOf(attributes: AttributeMap, keys: readonly string[]): AttributeValue | undefined {
  for (const key of keys) {
    const value = attributes.get(key);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

function nameOf(scope: string): string {
  const at = scope.lastIndexOf('@');
  return at > 0 ? scope.slice(0, at) : scope;
}

function textOf(value: AttributeValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
