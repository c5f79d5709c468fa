import {
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_TYPE,
  ATTR_GEN_AI_CONVERSATION_ID,
  ATTR_GEN_AI_PROMPT_NAME,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_JSONRPC_REQUEST_ID,
  ATTR_MCP_CLIENT_CONNECTION_ID,
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
  ATTR_MCP_SERVER_NAME,
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
  type AttributeValue,
  attributesOf,
  decodeValue,
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
import { listedToolsOf, listText } from '../sessions/listed-tools.ts';
import {
  type Ending,
  errorTypeOf,
  isAnsweredWithError,
  isFailure,
  isReceivedRequest,
  statusOf,
} from '../sessions/outcome.ts';
import { sizeOf } from '../sessions/sizes.ts';
import { FLAG } from './columns.ts';
import { idHeads } from './id-heads.ts';

/** Attributes that the index needs; the place in this list is that of the value. */
const WANTED = [
  ATTR_MCP_CLIENT_SESSION_ID,
  ATTR_MCP_CLIENT_SESSION_EVENT,
  ATTR_MCP_CLIENT_SESSION_SOURCE,
  ATTR_MCP_CLIENT_NAME,
  ATTR_MCP_CLIENT_VERSION,
  ATTR_MCP_PROTOCOL_VERSION,
  ATTR_NETWORK_TRANSPORT,
  ATTR_MCP_METHOD_NAME,
  ATTR_JSONRPC_REQUEST_ID,
  ATTR_MCP_REQUEST_ID,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_MCP_TOOL_NAME,
  ATTR_MCP_TOOLS_COUNT,
  ATTR_MCP_TOOLS_NAMES,
  ATTR_MCP_TOOLS_NAMES_LIST,
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_TYPE,
  ATTR_RPC_RESPONSE_STATUS_CODE,
  ATTR_MCP_SESSION_ID,
  ATTR_MCP_PROTOCOL_SESSION_ID,
  ATTR_GEN_AI_CONVERSATION_ID,
  ATTR_MCP_REQUEST_SIZE,
  ATTR_MCP_RESPONSE_SIZE,
  ATTR_MCP_TOOLS_SIZE,
  ATTR_MCP_CLIENT_CONNECTION_ID,
  ATTR_MCP_SERVER_NAME,
  ATTR_MCP_ERROR_MESSAGE,
  ATTR_MCP_RESOURCE_URI,
  ATTR_GEN_AI_PROMPT_NAME,
] as const;
type Wanted = (typeof WANTED)[number];

const PLACES: ReadonlyMap<string, number> = new Map(WANTED.map((key, i) => [key, i]));
const PLACE = Object.fromEntries(WANTED.map((key, i) => [key, i])) as Record<Wanted, number>;

/** What tells the target of a request that is none of a tool. */
const TARGETS: ReadonlyMap<string, Wanted> = new Map([
  ['resources/read', ATTR_MCP_RESOURCE_URI],
  ['prompts/get', ATTR_GEN_AI_PROMPT_NAME],
]);

/** Keys of a span, and characters of a key. */
const MAX_REMEMBERED = 64;

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
  readonly #values: (AttributeValue | undefined)[] = WANTED.map(() => undefined);
  /** The keys of the span before, and their places: most spans have the same in the same order. */
  readonly #lastKeys: string[] = [];
  readonly #lastPlaces: (number | undefined)[] = [];

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
    this.#readAttributes(span['attributes']);
    this.#readClientSide(service);
    const isOfOthers = service.isOwn !== true && this.#readForeign(span, service);
    this.#readNames();
    if (this.clientSide !== undefined) this.source = SOURCE_CLIENT;
    this.requestSize = this.#size(ATTR_MCP_REQUEST_SIZE);
    this.responseSize = this.#size(ATTR_MCP_RESPONSE_SIZE);
    this.toolsSize = this.#size(ATTR_MCP_TOOLS_SIZE);
    this.heads = idHeads(this.traceId, this.#text(ATTR_MCP_REQUEST_ID));
    if (isOfOthers) {
      this.#readEnding(span);
      return true;
    }
    this.instance = processOf(service, {
      sessionId: this.#text(ATTR_MCP_SESSION_ID),
      clientSessionId: this.#text(ATTR_MCP_CLIENT_SESSION_ID),
      protocolSessionId: this.#text(ATTR_MCP_PROTOCOL_SESSION_ID),
    });
    this.#readEnding(span);
    return true;
  }

  #readClientSide(service: Service): void {
    const side = clientSideOf((key) => this.#values[PLACE[key as Wanted]], service);
    this.clientSide = side;
    this.seenByClient = side?.client;
    this.agentScope = side?.isEnriched === true ? service.scope : undefined;
    if (side === undefined) return;
    this.service = side.server;
    this.#kind = turned(this.#kind);
    this.#hasErrorStatus ||= isFailedForClient(side, this.#text(ATTR_ERROR_TYPE));
  }

  /** Takes over what another instrumentation says, in our words; false where it is no message of a server. */
  #readForeign(span: Json, service: Service): boolean {
    if (this.#has(ATTR_MCP_CLIENT_SESSION_ID) || this.clientSide !== undefined) return false;
    const name = textOf(span['name']) ?? '';
    const attributes = attributesOf(span['attributes']);
    const message = adaptForeign({ name, kind: this.#kind, attributes }, service);
    if (message === undefined) return false;
    for (const [key, value] of message.attributes) {
      const place = PLACES.get(key);
      if (place !== undefined) this.#values[place] = value;
    }
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

  #readAttributes(attributes: unknown): void {
    const values = this.#values;
    values.fill(undefined);
    if (!Array.isArray(attributes)) return;
    for (let i = 0; i < attributes.length; i += 1) {
      const attribute = attributes[i];
      if (typeof attribute !== 'object' || attribute === null) continue;
      const place = this.#placeOf(attribute.key, i);
      if (place === undefined) continue;
      const value = decodeValue(objectOf(attribute.value));
      if (value !== undefined) values[place] = value;
    }
  }

  /** The place of a key in {@link WANTED}. */
  #placeOf(key: string, at: number): number | undefined {
    if (key === this.#lastKeys[at]) return this.#lastPlaces[at];
    const place = PLACES.get(key);
    if (at >= MAX_REMEMBERED || typeof key !== 'string' || key.length > MAX_REMEMBERED) return place;
    this.#lastKeys[at] = key;
    this.#lastPlaces[at] = place;
    return place;
  }

  #readNames(): void {
    const sessionId = this.#text(ATTR_MCP_CLIENT_SESSION_ID);
    this.source = this.#text(ATTR_MCP_CLIENT_SESSION_SOURCE);
    this.sessionId =
      sessionId === undefined || sessionId === ''
        ? undefined
        : scopedId(sessionId, this.source, this.service);
    const isScoped = sessionId !== '' && sessionId !== this.sessionId;
    this.protocolSessionId = this.#text(ATTR_MCP_PROTOCOL_SESSION_ID) ?? (isScoped ? sessionId : undefined);
    this.conversationId = this.#text(ATTR_GEN_AI_CONVERSATION_ID);
    this.clientName = this.#text(ATTR_MCP_CLIENT_NAME);
    this.clientVersion = this.#text(ATTR_MCP_CLIENT_VERSION);
    this.protocolVersion = this.#text(ATTR_MCP_PROTOCOL_VERSION);
    this.transport = this.#text(ATTR_NETWORK_TRANSPORT);
    this.method = this.#text(ATTR_MCP_METHOD_NAME);
    this.tool = this.#text(ATTR_GEN_AI_TOOL_NAME) ?? this.#text(ATTR_MCP_TOOL_NAME);
    const target = TARGETS.get(this.method ?? '');
    this.target = target === undefined ? undefined : this.#text(target);
  }

  #readEnding(span: Json): void {
    const event = this.#text(ATTR_MCP_CLIENT_SESSION_EVENT);
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
    const listed = listedToolsOf({
      list: this.#values[PLACE[ATTR_MCP_TOOLS_NAMES_LIST]],
      joined: this.#values[PLACE[ATTR_MCP_TOOLS_NAMES]],
      count: this.#values[PLACE[ATTR_MCP_TOOLS_COUNT]],
    });
    const isAnswer = listed !== undefined || (this.method === 'tools/list' && status === 'ok');
    this.toolNames = isAnswer ? listText(listed) : undefined;
  }

  #saidOf({ status, events }: Json): string | undefined {
    const said = nonEmpty(objectOf(status)['message']) ?? exceptionsOn(events).exceptionMessage;
    return said ?? this.#text(ATTR_MCP_ERROR_MESSAGE);
  }

  #ending(): Ending {
    const code = this.#values[PLACE[ATTR_RPC_RESPONSE_STATUS_CODE]];
    return {
      kind: this.#kind,
      method: this.method,
      hasRequestId: this.#has(ATTR_JSONRPC_REQUEST_ID) || this.#has(ATTR_MCP_REQUEST_ID),
      isOwn: this.clientSide !== undefined || this.#has(ATTR_MCP_CLIENT_SESSION_SOURCE),
      hasErrorStatus: this.#hasErrorStatus,
      type: this.#text(ATTR_ERROR_TYPE),
      exceptionType: this.#text(ATTR_EXCEPTION_TYPE),
      code: code === undefined ? undefined : String(code),
    };
  }

  #text(key: Wanted): string | undefined {
    return textOf(this.#values[PLACE[key]]);
  }

  #size(key: Wanted): number {
    return sizeOf(this.#values[PLACE[key]]) ?? 0;
  }

  #has(key: Wanted): boolean {
    return this.#values[PLACE[key]] !== undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
