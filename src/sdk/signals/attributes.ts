import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { Operation, Wire } from '../operation/operation.ts';
import { type ClientInfo, shortName } from '../protocol/meta.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { isCallerError } from '../protocol/outcome.ts';
import type { ClientSession } from '../session/client-session.ts';
import type { SessionScope } from '../types.ts';
import * as semconv from './semconv.ts';

/** Who is recording: constant for the life of a manager. */
export interface Identity {
  processSessionId: string;
  scope: SessionScope;
  /** Whether metric data points carry `mcp.session.id`. */
  onMetrics: boolean;
}

/** What is known of the peer of one HTTP request. */
export interface Peer {
  address?: string | undefined;
  port?: number | undefined;
  userAgent?: string | undefined;
}

/**
 * `mcp.session.id`, `mcp.client.session.*` and `mcp.protocol.session.id`: on every span that belongs to `session`.
 *
 * @param protocolId the protocol's own id, where it is known to be another than the session's.
 */
export function sessionIdentity(
  identity: Identity,
  session: ClientSession | undefined,
  protocolId: string | undefined,
): Attributes {
  const attributes: Attributes = {};
  if (identity.scope === 'process') attributes[semconv.ATTR_MCP_SESSION_ID] = identity.processSessionId;
  if (session === undefined) return attributes;
  const ofProtocol = protocolId ?? (session.source === 'protocol' ? session.id : undefined);
  if (identity.scope === 'client' && ofProtocol !== undefined) {
    attributes[semconv.ATTR_MCP_SESSION_ID] = ofProtocol;
  }
  attributes[semconv.ATTR_MCP_CLIENT_SESSION_ID] = session.id;
  // A handshake is the conversation's, once it is known to be part of one.
  attributes[semconv.ATTR_MCP_CLIENT_SESSION_SOURCE] = (session.partOf ?? session).source;
  if (ofProtocol !== undefined && ofProtocol !== session.id) {
    attributes[semconv.ATTR_MCP_PROTOCOL_SESSION_ID] = ofProtocol;
  }
  return attributes;
}

/** `mcp.session.id` on a data point; under the scope `client` it would be a series per session, so it stays away. */
export function metricIdentity(identity: Identity): Attributes {
  return identity.scope === 'process' && identity.onMetrics
    ? { [semconv.ATTR_MCP_SESSION_ID]: identity.processSessionId }
    : {};
}

/** What the number of open requests of a method carries. */
export function openRequestsAttributes(identity: Identity, method: string): Attributes {
  return { ...metricIdentity(identity), [semconv.ATTR_MCP_METHOD_NAME]: method };
}

/** What a request span carries from its start. */
export function startAttributes(
  identity: Identity,
  operation: Operation,
  peer: Peer | undefined,
  label: (text: string) => string,
): Attributes {
  const { session, subject, conversationId } = operation;
  const attributes = sessionIdentity(identity, session, operation.protocolSessionId);
  if (conversationId !== undefined) attributes[semconv.ATTR_GEN_AI_CONVERSATION_ID] = conversationId;
  attributes[semconv.ATTR_MCP_METHOD_NAME] = shortName(operation.method);
  if (operation.requestUuid !== undefined) attributes[semconv.ATTR_MCP_REQUEST_ID] = operation.requestUuid;
  if (operation.id !== undefined)
    attributes[semconv.ATTR_JSONRPC_REQUEST_ID] = shortName(label(String(operation.id)));
  if (subject !== undefined && subject.kind !== 'resource') {
    setSubject(attributes, operation.method, subject.kind, shortName(subject.value));
    if (subject.kind === 'tool') attributes[semconv.ATTR_MCP_TOOL_NAME] = shortName(subject.value);
  }
  setWire(attributes, operation.wire, operation.protocolVersion);
  if (session !== undefined) setClient(attributes, session.facts.clientName, session.facts.clientVersion);
  if (peer?.address !== undefined) attributes[semconv.ATTR_CLIENT_ADDRESS] = peer.address;
  if (peer?.port !== undefined) attributes[semconv.ATTR_CLIENT_PORT] = peer.port;
  if (peer?.userAgent !== undefined) attributes[semconv.ATTR_USER_AGENT_ORIGINAL] = peer.userAgent;
  return attributes;
}

/** What a request says of its client. */
export function clientAttributes(client: ClientInfo | undefined): Attributes {
  const attributes: Attributes = {};
  setClient(attributes, client?.name, client?.version);
  return attributes;
}

/** What an operation's data points carry: few values only. `name` is the registered tool or prompt, or `_OTHER`. */
export function operationMetricAttributes(
  identity: Identity,
  operation: Operation,
  name: string | undefined,
): Attributes {
  const attributes = sizeMetricAttributes(identity, operation, name);
  if (name !== undefined) setOperationName(attributes, operation.method);
  setWire(attributes, operation.wire, operation.protocolVersion);
  return attributes;
}

/** What the sizes of an operation's messages carry on metrics. */
export function sizeMetricAttributes(
  identity: Identity,
  operation: Operation,
  name: string | undefined,
): Attributes {
  const attributes = metricIdentity(identity);
  attributes[semconv.ATTR_MCP_METHOD_NAME] = methodLabel(operation);
  const kind = operation.subject?.kind;
  if (name !== undefined && kind !== undefined) setSubjectName(attributes, kind, name);
  return attributes;
}

/** The method, or `_OTHER` for one that the server does not know. */
export function methodLabel(operation: Operation): string {
  return operation.methodKnown ? shortName(operation.method) : semconv.OTHER;
}

/**
 * `{method} {tool or prompt}`, of known names only, so that span names stay few.
 *
 * @param uri the resource's, redacted, where it is wanted in the name.
 */
export function spanName(operation: Operation, uri?: AttributeValue): string {
  const { subject, subjectKnown } = operation;
  const label = methodLabel(operation);
  if (typeof uri === 'string') return `${label} ${shortName(uri)}`;
  return subject !== undefined && subject.kind !== 'resource' && subjectKnown
    ? joined(label, shortName(subject.value))
    : label;
}

/** Sets the bytes of the messages of an operation. */
export function setSizes(attributes: Attributes, { requestSize, responseSize }: Operation): void {
  if (requestSize !== undefined) attributes[semconv.ATTR_MCP_REQUEST_SIZE] = requestSize;
  if (responseSize !== undefined) attributes[semconv.ATTR_MCP_RESPONSE_SIZE] = responseSize;
}

/** `error.type` and `rpc.response.status_code` of an outcome. */
export function outcomeAttributes(operation: Operation, outcome: Outcome): Attributes {
  switch (outcome.kind) {
    case 'tool_error':
      return { [semconv.ATTR_ERROR_TYPE]: semconv.ERROR_TYPE_TOOL };
    case 'rpc_error': {
      const code = String(outcome.code);
      const status = { [semconv.ATTR_RPC_RESPONSE_STATUS_CODE]: code };
      return isServerError(operation, outcome) ? { ...status, [semconv.ATTR_ERROR_TYPE]: code } : status;
    }
    case 'cancelled':
      return {
        [semconv.ATTR_ERROR_TYPE]: semconv.ERROR_TYPE_CANCELLED,
        ...(outcome.abandoned && { [semconv.ATTR_MCP_REQUEST_ABANDONED]: true }),
      };
    case 'timeout':
      return { [semconv.ATTR_ERROR_TYPE]: semconv.ERROR_TYPE_TIMEOUT };
    case 'connection_closed':
    case 'unsent':
      return { [semconv.ATTR_ERROR_TYPE]: semconv.ERROR_TYPE_CONNECTION_CLOSED };
    default:
      return {};
  }
}

/** Whether the outcome makes the span an error. On the server, errors that are the caller's doing do not. */
export function isServerError(operation: Operation, outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'rpc_error':
      return operation.side === 'client' || !isCallerError(outcome.code);
    case 'tool_error':
    case 'timeout':
    case 'connection_closed':
    case 'unsent':
      return true;
    default:
      return false;
  }
}

function setClient(attributes: Attributes, name: string | undefined, version: string | undefined): void {
  if (name !== undefined) attributes[semconv.ATTR_MCP_CLIENT_NAME] = name;
  if (version !== undefined) attributes[semconv.ATTR_MCP_CLIENT_VERSION] = version;
}

function setSubject(attributes: Attributes, method: string, kind: string, name: string): void {
  setSubjectName(attributes, kind, name);
  setOperationName(attributes, method);
}

function setOperationName(attributes: Attributes, method: string): void {
  if (method === 'tools/call') attributes[semconv.ATTR_GEN_AI_OPERATION_NAME] = 'execute_tool';
}

function setSubjectName(attributes: Attributes, kind: string, name: string): void {
  if (kind === 'tool') attributes[semconv.ATTR_GEN_AI_TOOL_NAME] = name;
  else if (kind === 'prompt') attributes[semconv.ATTR_GEN_AI_PROMPT_NAME] = name;
}

/** Sets what a connection says of itself. */
export function setWire(attributes: Attributes, wire: Wire, protocolVersion: string | undefined): void {
  const { networkTransport, networkProtocolName, networkProtocolVersion, serverAddress, serverPort } = wire;
  if (protocolVersion !== undefined) attributes[semconv.ATTR_MCP_PROTOCOL_VERSION] = protocolVersion;
  if (networkTransport !== undefined) attributes[semconv.ATTR_NETWORK_TRANSPORT] = networkTransport;
  if (networkProtocolName !== undefined) attributes[semconv.ATTR_NETWORK_PROTOCOL_NAME] = networkProtocolName;
  if (networkProtocolVersion !== undefined) {
    attributes[semconv.ATTR_NETWORK_PROTOCOL_VERSION] = networkProtocolVersion;
  }
  if (serverAddress !== undefined) attributes[semconv.ATTR_SERVER_ADDRESS] = serverAddress;
  if (serverPort !== undefined) attributes[semconv.ATTR_SERVER_PORT] = serverPort;
}

/** By method, then by name: put together anew, it would be three strings more that each span holds until it is exported. */
const JOINED = new Map<string, Map<string, string>>();
const MAX_JOINED = 1_000;

function joined(method: string, name: string): string {
  const names = JOINED.get(method) ?? new Map<string, string>();
  const known = names.get(name);
  if (known !== undefined) return known;
  // A server may register names without end.
  if (names.size >= MAX_JOINED) names.clear();
  const made = `${method} ${name}`;
  names.set(name, made);
  JOINED.set(method, names);
  return made;
}
