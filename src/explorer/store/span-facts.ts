import {
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_TYPE,
  ATTR_GEN_AI_CONVERSATION_ID,
  ATTR_GEN_AI_PROMPT_NAME,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_JSONRPC_REQUEST_ID,
  ATTR_MCP_CLIENT_NAME,
  ATTR_MCP_CLIENT_SESSION_EVENT,
  ATTR_MCP_CLIENT_SESSION_ID,
  ATTR_MCP_CLIENT_SESSION_SOURCE,
  ATTR_MCP_CLIENT_VERSION,
  ATTR_MCP_ERROR_MESSAGE,
  ATTR_MCP_METHOD_NAME,
  ATTR_MCP_PROTOCOL_SESSION_ID,
  ATTR_MCP_PROTOCOL_VERSION,
  ATTR_MCP_REQUEST_ID,
  ATTR_MCP_REQUEST_SIZE,
  ATTR_MCP_RESOURCE_URI,
  ATTR_MCP_RESPONSE_SIZE,
  ATTR_MCP_SESSION_ID,
  ATTR_MCP_TOOL_NAME,
  ATTR_MCP_TOOLS_COUNT,
  ATTR_MCP_TOOLS_NAMES,
  ATTR_MCP_TOOLS_NAMES_LIST,
  ATTR_MCP_TOOLS_SIZE,
  ATTR_NETWORK_TRANSPORT,
  ATTR_RPC_RESPONSE_STATUS_CODE,
} from '../../sdk/signals/semconv.ts';
import {
  type ClientSide,
  clientSideOf,
  isFailedForClient,
  SOURCE_CLIENT,
  turned,
} from '../recording/client-side.ts';
import { adaptForeign, foreignSpan } from '../recording/foreign/adapt.ts';
import type { ForeignSpan } from '../recording/foreign/types.ts';
import { spanKey, traceHash } from '../recording/key-set.ts';
import {
  attributesOf,
  exceptionsOn,
  isErrorCode,
  type Json,
  kindOf,
  millis,
  NO_IDS,
  nonEmpty,
  objectOf,
  processOf,
  type Service,
  type SpanKind,
} from '../recording/otlp.ts';
import { scopedId } from '../recording/scoped-id.ts';
import { errorMessage } from '../sessions/error-text.ts';
import { listText } from '../sessions/listed-tools.ts';
import {
  type Ending,
  errorTypeOf,
  isAnsweredWithError,
  isFailure,
  isReceivedRequest,
  statusOf,
} from '../sessions/outcome.ts';
import { FLAG } from './columns.ts';
import { idHeads } from './id-heads.ts';
import { ListTexts } from './list-texts.ts';
import { type Wanted, WantedAttributes } from './wanted-attributes.ts';

/** What tells the target of a request that is none of a tool. */
const TARGETS: ReadonlyMap<string, Wanted> = new Map([
  ['resources/read', ATTR_MCP_RESOURCE_URI],
  ['prompts/get', ATTR_GEN_AI_PROMPT_NAME],
]);

/** What the index keeps of a span, by the same rules as `decodeSpan` and `session-span.ts`, without a map for each. */
export class SpanFacts {
  traceId = '';
  spanId = '';
  /** `traceHash` and `spanKey` of the two. */
  trace = 0;
  span = 0;
  startMs = 0;
  endMs = 0;
  sessionId: string | undefined = undefined;
  /** What the request came with, where the session has another id. */
  protocolSessionId: string | undefined = undefined;
  conversationId: string | undefined = undefined;
  /** The process: see `processOf`. */
  instance = '';
  service: string | undefined = undefined;
  source: string | undefined = undefined;
  clientName: string | undefined = undefined;
  clientVersion: string | undefined = undefined;
  protocolVersion: string | undefined = undefined;
  transport: string | undefined = undefined;
  method: string | undefined = undefined;
  tool: string | undefined = undefined;
  /** URI of the resource that was read, or name of the prompt that was asked for. */
  target: string | undefined = undefined;
  errorType: string | undefined = undefined;
  /** Of an error: see `errorMessage`. */
  errorMessage: string | undefined = undefined;
  /** What its ids begin with: see `idHeads`. */
  heads = 0;
  /** What a `tools/list` answered: see `listText`. */
  toolNames: string | undefined = undefined;
  flags = 0;
  /** The instrumentation that recorded it, and what tells its session, where that is another than this package. */
  sender: string | undefined = undefined;
  foreign: ForeignSpan | undefined = undefined;
  /** Where an instrumented client recorded it. */
  clientSide: ClientSide | undefined = undefined;
  seenByClient: string | undefined = undefined;
  agentScope: string | undefined = undefined;
  /** `spanKey` of its parent's id; 0: it has none. */
  parent = 0;
  #kind: SpanKind = 'internal';
  #hasErrorStatus = false;
  /** Bytes; 0: not known. */
  requestSize = 0;
  responseSize = 0;
  toolsSize = 0;
  readonly #said = new WantedAttributes();
  readonly #lists = new ListTexts();

  /** Takes over a span of OTLP JSON; false where it has no time. */
  read(span: Json, service: Service): boolean {
    const startMs = millis(span['startTimeUnixNano']);
    if (startMs === undefined) return false;
    this.startMs = startMs;
    this.endMs = Math.max(startMs, millis(span['endTimeUnixNano']) ?? startMs);
    this.traceId = textOf(span['traceId']) ?? '';
    this.spanId = textOf(span['spanId']) ?? '';
    this.trace = traceHash(this.traceId);
    this.span = spanKey(this.spanId);
    const parentSpanId = textOf(span['parentSpanId']) ?? '';
    this.parent = parentSpanId === '' ? 0 : spanKey(parentSpanId);
    this.service = service.serviceName;
    this.sender = undefined;
    this.foreign = undefined;
    this.#kind = kindOf(span['kind']);
    this.#hasErrorStatus = isErrorCode(objectOf(span['status'])['code']);
    this.#said.read(span['attributes']);
    this.#readClientSide(service);
    const isOfOthers = service.isOwn !== true && this.#readForeign(span, service);
    this.#readNames();
    if (this.clientSide !== undefined) this.source = SOURCE_CLIENT;
    this.requestSize = this.#said.size(ATTR_MCP_REQUEST_SIZE);
    this.responseSize = this.#said.size(ATTR_MCP_RESPONSE_SIZE);
    this.toolsSize = this.#said.size(ATTR_MCP_TOOLS_SIZE);
    this.heads = idHeads(this.traceId, this.#said.text(ATTR_MCP_REQUEST_ID));
    if (isOfOthers) {
      this.#readEnding(span);
      return true;
    }
    this.instance = processOf(service, {
      sessionId: this.#said.text(ATTR_MCP_SESSION_ID),
      clientSessionId: this.#said.text(ATTR_MCP_CLIENT_SESSION_ID),
      protocolSessionId: this.#said.text(ATTR_MCP_PROTOCOL_SESSION_ID),
    });
    this.#readEnding(span);
    return true;
  }

  #readClientSide(service: Service): void {
    const side = clientSideOf((key) => this.#said.get(key as Wanted), service);
    this.clientSide = side;
    this.seenByClient = side?.client;
    this.agentScope = side?.isEnriched === true ? service.scope : undefined;
    if (side === undefined) return;
    this.service = side.server;
    this.#kind = turned(this.#kind);
    this.#hasErrorStatus ||= isFailedForClient(side, this.#said.text(ATTR_ERROR_TYPE));
  }

  /** Takes over what another instrumentation says, in our words; false where it is no message of a server. */
  #readForeign(span: Json, service: Service): boolean {
    if (this.#said.has(ATTR_MCP_CLIENT_SESSION_ID) || this.clientSide !== undefined) return false;
    const name = textOf(span['name']) ?? '';
    const attributes = attributesOf(span['attributes']);
    const message = adaptForeign({ name, kind: this.#kind, attributes }, service);
    if (message === undefined) return false;
    for (const [key, value] of message.attributes) this.#said.set(key, value);
    this.#kind = message.kind;
    this.#hasErrorStatus ||= message.isFailed;
    this.instance = processOf(service, NO_IDS);
    this.sender = message.sender;
    const { trace, startMs, endMs } = this;
    const parentSpanId = textOf(span['parentSpanId']) || undefined;
    this.foreign = foreignSpan(message, {
      trace,
      span: this.span,
      parentSpanId,
      startMs,
      endMs,
      serviceName: service.serviceName,
      process: this.instance,
    });
    return true;
  }

  #readNames(): void {
    const sessionId = this.#said.text(ATTR_MCP_CLIENT_SESSION_ID);
    this.source = this.#said.text(ATTR_MCP_CLIENT_SESSION_SOURCE);
    this.sessionId =
      sessionId === undefined || sessionId === ''
        ? undefined
        : scopedId(sessionId, this.source, this.service);
    const isScoped = sessionId !== '' && sessionId !== this.sessionId;
    this.protocolSessionId =
      this.#said.text(ATTR_MCP_PROTOCOL_SESSION_ID) ?? (isScoped ? sessionId : undefined);
    this.conversationId = this.#said.text(ATTR_GEN_AI_CONVERSATION_ID);
    this.clientName = this.#said.text(ATTR_MCP_CLIENT_NAME);
    this.clientVersion = this.#said.text(ATTR_MCP_CLIENT_VERSION);
    this.protocolVersion = this.#said.text(ATTR_MCP_PROTOCOL_VERSION);
    this.transport = this.#said.text(ATTR_NETWORK_TRANSPORT);
    this.method = this.#said.text(ATTR_MCP_METHOD_NAME);
    this.tool = this.#said.text(ATTR_GEN_AI_TOOL_NAME) ?? this.#said.text(ATTR_MCP_TOOL_NAME);
    const target = TARGETS.get(this.method ?? '');
    this.target = target === undefined ? undefined : this.#said.text(target);
  }

  #readEnding(span: Json): void {
    const event = this.#said.text(ATTR_MCP_CLIENT_SESSION_EVENT);
    const ending = this.#ending();
    this.errorType = errorTypeOf(ending);
    const status = statusOf(ending);
    this.errorMessage = status === 'error' ? errorMessage(ending, this.#saidOf(span)) : undefined;
    this.flags =
      event === 'start' || event === 'update' || event === 'end'
        ? FLAG.report
        : (isReceivedRequest(ending) ? FLAG.request : 0) |
          (isAnsweredWithError(ending) ? FLAG.error : 0) |
          (isFailure(ending) ? FLAG.failed : 0);
    const { method, service } = this;
    const isAnswer = method === 'tools/list' && status === 'ok';
    this.toolNames = this.#listed(service) ?? (isAnswer ? listText(undefined) : undefined);
  }

  #listed(service: string | undefined): string | undefined {
    const list = this.#said.get(ATTR_MCP_TOOLS_NAMES_LIST);
    const joined = this.#said.get(ATTR_MCP_TOOLS_NAMES);
    const count = this.#said.get(ATTR_MCP_TOOLS_COUNT);
    if (list === undefined && joined === undefined && count === undefined) return undefined;
    return this.#lists.textOf(service, { list, joined, count });
  }

  #saidOf({ status, events }: Json): string | undefined {
    const said = nonEmpty(objectOf(status)['message']) ?? exceptionsOn(events).exceptionMessage;
    return said ?? this.#said.text(ATTR_MCP_ERROR_MESSAGE);
  }

  #ending(): Ending {
    const code = this.#said.get(ATTR_RPC_RESPONSE_STATUS_CODE);
    return {
      kind: this.#kind,
      method: this.method,
      hasRequestId: this.#said.has(ATTR_JSONRPC_REQUEST_ID) || this.#said.has(ATTR_MCP_REQUEST_ID),
      isOwn: this.clientSide !== undefined || this.#said.has(ATTR_MCP_CLIENT_SESSION_SOURCE),
      hasErrorStatus: this.#hasErrorStatus,
      type: this.#said.text(ATTR_ERROR_TYPE),
      exceptionType: this.#said.text(ATTR_EXCEPTION_TYPE),
      code: code === undefined ? undefined : String(code),
    };
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
