import {
  ATTR_ERROR_TYPE,
  ATTR_HOST_NAME,
  ATTR_MCP_CLIENT_SESSION_ID,
  ATTR_MCP_PROTOCOL_SESSION_ID,
  ATTR_MCP_SESSION_ID,
  ATTR_PROCESS_PID,
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  SCOPE_NAME,
} from '../../sdk/signals/semconv.ts';
import {
  type AttributeMap,
  type AttributeValue,
  attributesOf,
  type Json,
  numberOf,
  objectOf,
  objectsOf,
  type SpanKind,
} from './attributes.ts';
import { type ClientSide, clientSideOf, isFailedForClient, turned } from './client-side.ts';
import { adaptForeign, type ForeignMessage, foreignSpan, type Scope } from './foreign/adapt.ts';
import type { ForeignSpan } from './foreign/types.ts';
import { spanKey, traceHash } from './key-set.ts';

export { attributesOf, decodeValue, type Json, objectOf, objectsOf } from './attributes.ts';
export type { AttributeMap, AttributeValue, SpanKind };

/** A span as it was recorded, in the shape that the commands work with. Times are Unix milliseconds with fractions. */
export interface RecordedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** `undefined` for the root of a trace. */
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startMs: number;
  /** Nanoseconds since the millisecond began, for the order within it: `startMs` is too coarse for them. */
  readonly startNanos: number;
  readonly endMs: number;
  readonly attributes: AttributeMap;
  /** Or what says the same where a status is not given. */
  readonly hasErrorStatus: boolean;
  readonly statusMessage: string | undefined;
  /** The newest exception that was recorded on it. */
  readonly exceptionMessage: string | undefined;
  /** How many exceptions were recorded on it with their stacks. */
  readonly stacks: number;
  readonly serviceName: string | undefined;
  /** Which process recorded it: see {@link processOf}. */
  readonly process: string;
  /** Where another instrumentation recorded it, and it is a message of a server. */
  readonly foreign: ForeignSpan | undefined;
  /** Where an instrumented client recorded it: it is told as its server would have. */
  readonly clientSide: ClientSide | undefined;
}

/** What is not known is absent. */
export interface RecordedException {
  readonly timeMs: number | undefined;
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly stack: string | undefined;
}

/** What a resource tells of the process that recorded a span, and the scope of who did. */
export interface Service extends Scope {
  readonly serviceName: string | undefined;
  /** `service.instance.id`. */
  readonly serviceInstance: string | undefined;
  /** Machine and number of the process. */
  readonly hostAndPid: string | undefined;
}

/** The session ids on a span: with the session scope `client`, the first is the protocol's. */
export interface SessionIds {
  readonly sessionId: string | undefined;
  readonly clientSessionId: string | undefined;
  readonly protocolSessionId: string | undefined;
}

/** What others call a session is never this package's process. */
export const NO_IDS: SessionIds = {
  sessionId: undefined,
  clientSessionId: undefined,
  protocolSessionId: undefined,
};
const KINDS: readonly SpanKind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUS_ERROR = 2;
/** A double holds today's nanoseconds to 244 of them: those behind these would be rounded into the next millisecond. */
const LAST_NANOS = 999_800;

/** The spans of one OTLP JSON object (`{"resourceSpans": […]}`); none where it holds something else. */
export function* spansOf(exported: object): Generator<RecordedSpan> {
  for (const resourceSpans of objectsOf((exported as Json)['resourceSpans'])) {
    const service = serviceOf(resourceSpans['resource']);
    for (const scopeSpans of objectsOf(resourceSpans['scopeSpans'])) {
      const withScope = scopedService(service, scopeSpans['scope']);
      for (const span of objectsOf(scopeSpans['spans'])) {
        const decoded = decodeSpan(span, withScope);
        if (decoded !== undefined) yield decoded;
      }
    }
  }
}

/** Which process a resource of OTLP JSON names. */
export function serviceOf(resource: unknown): Service {
  const attributes = attributesOf(objectOf(resource)['attributes']);
  const pid = attributes.get(ATTR_PROCESS_PID);
  return {
    serviceName: text(attributes.get(ATTR_SERVICE_NAME)),
    serviceInstance: nonEmpty(attributes.get(ATTR_SERVICE_INSTANCE_ID)),
    hostAndPid: pid === undefined ? undefined : `${attributes.get(ATTR_HOST_NAME) ?? ''} ${pid}`,
    resourceSessionId: nonEmpty(attributes.get(ATTR_MCP_SESSION_ID)),
  };
}

/** The same with the scope that spans came in. */
export function scopedService(service: Service, scope: unknown): Service {
  const { name, version } = objectOf(scope);
  const known = [nonEmpty(name), nonEmpty(version)].filter((part) => part !== undefined);
  return {
    ...service,
    scope: nonEmpty(name) === undefined ? undefined : known.join('@'),
    isOwn: name === SCOPE_NAME,
  };
}

/**
 * The process that a span is of, in a word that no other process has; empty where nothing tells it. Providers of an
 * application may give no `service.instance.id`; `mcp.session.id` is the process's own then, unless it is the client's.
 */
export function processOf(
  { serviceInstance, hostAndPid }: Service,
  { sessionId, clientSessionId, protocolSessionId }: SessionIds,
): string {
  if (serviceInstance !== undefined) return serviceInstance;
  const isProcess =
    sessionId !== undefined && sessionId !== clientSessionId && sessionId !== protocolSessionId;
  return (isProcess ? sessionId : hostAndPid) ?? '';
}

/** A span of OTLP JSON; `undefined` where it has no time. Those of others are told with our attributes. */
export function decodeSpan(span: Json, service: Service): RecordedSpan | undefined {
  const startMs = millis(span['startTimeUnixNano']);
  if (startMs === undefined) return undefined;
  const status = objectOf(span['status']);
  const recorded = attributesOf(span['attributes']);
  const name = text(span['name']) ?? '';
  const kind = kindOf(span['kind']);
  const message = adaptForeign({ name, kind, attributes: recorded }, service);
  const clientSide = clientSideOf((key) => recorded.get(key), service);
  const attributes = message === undefined ? recorded : new Map([...recorded, ...message.attributes]);
  const decoded = {
    traceId: text(span['traceId']) ?? '',
    spanId: text(span['spanId']) ?? '',
    parentSpanId: nonEmpty(span['parentSpanId']),
    name,
    kind: message?.kind ?? (clientSide === undefined ? kind : turned(kind)),
    startMs,
    startNanos: nanosOf(span['startTimeUnixNano'], startMs),
    endMs: Math.max(startMs, millis(span['endTimeUnixNano']) ?? startMs),
    attributes,
    hasErrorStatus:
      isErrorCode(status['code']) ||
      message?.isFailed === true ||
      isFailedForClient(clientSide, recorded.get(ATTR_ERROR_TYPE)),
    statusMessage: nonEmpty(status['message']),
    ...exceptionsOn(span['events']),
    serviceName: clientSide === undefined ? service.serviceName : clientSide.server,
    clientSide,
    process: processOf(service, message === undefined ? idsOf(attributes) : NO_IDS),
  };
  return { ...decoded, foreign: message === undefined ? undefined : foreignOf(message, decoded) };
}

function foreignOf(message: ForeignMessage, span: Omit<RecordedSpan, 'foreign'>): ForeignSpan {
  return foreignSpan(message, { ...span, trace: traceHash(span.traceId), span: spanKey(span.spanId) });
}

function idsOf(attributes: AttributeMap): SessionIds {
  return {
    sessionId: text(attributes.get(ATTR_MCP_SESSION_ID)),
    clientSessionId: text(attributes.get(ATTR_MCP_CLIENT_SESSION_ID)),
    protocolSessionId: text(attributes.get(ATTR_MCP_PROTOCOL_SESSION_ID)),
  };
}

/** The specification wants numbers; some writers give the names. */
export function kindOf(value: unknown): SpanKind {
  if (typeof value === 'number') return KINDS[value] ?? 'internal';
  const name = typeof value === 'string' ? value.replace('SPAN_KIND_', '').toLowerCase() : '';
  return KINDS.find((kind) => kind === name) ?? 'internal';
}

/** Whether the code of a span's status says error. */
export function isErrorCode(code: unknown): boolean {
  return code === STATUS_ERROR || code === 'STATUS_CODE_ERROR';
}

/** What the exceptions among the events of a span say. */
export function exceptionsOn(events: unknown): Pick<RecordedSpan, 'exceptionMessage' | 'stacks'> {
  const exceptions = exceptionsOf(events);
  const messages = exceptions.flatMap(({ message }) => message ?? []);
  return {
    exceptionMessage: messages.at(-1),
    stacks: exceptions.filter(({ stack }) => stack !== undefined).length,
  };
}

/** The exceptions among the events of a span of OTLP JSON. */
export function exceptionsOf(events: unknown): RecordedException[] {
  return objectsOf(events)
    .filter(({ name }) => name === 'exception')
    .map((event) => {
      const attributes = attributesOf(event['attributes']);
      return {
        timeMs: millis(event['timeUnixNano']),
        type: nonEmpty(attributes.get('exception.type')),
        message: nonEmpty(attributes.get('exception.message')),
        stack: nonEmpty(attributes.get('exception.stacktrace')),
      };
    });
}

/** Nanoseconds, as a text or a number, in milliseconds; `undefined` where they are no time. */
export function millis(nanos: unknown): number | undefined {
  // The times of these centuries, which nearly all are, without a detour.
  if (typeof nanos === 'string' && nanos.length === 19) {
    const ms = digits(nanos, 0, 13);
    const beyond = digits(nanos, 13, 19);
    if (ms > 0 && beyond >= 0) return ms + Math.min(beyond, LAST_NANOS) / 1e6;
  }
  const number = numberOf(nanos);
  // 0 is "not set"; what no Date can hold is no time.
  if (number === undefined || number <= 0 || number > 8.64e21) return undefined;
  const exact = exactNanos(nanos);
  if (exact === null) return Math.round(number / 1e3) / 1e3;
  return Number(exact[1]) + Math.min(Number(exact[2]), LAST_NANOS) / 1e6;
}

/** The number that a part of the text is; below 0 where that is anything but digits. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i += 1) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function nanosOf(nanos: unknown, startMs: number): number {
  const exact = exactNanos(nanos);
  return exact === null ? Math.round((startMs - Math.floor(startMs)) * 1e6) : Number(exact[2]);
}

/** Milliseconds and the nanoseconds beyond, where they are a text, as OTLP JSON has them. */
function exactNanos(nanos: unknown): RegExpExecArray | null {
  return typeof nanos === 'string' ? /^(\d+)(\d{6})$/.exec(nanos) : null;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A text that is not empty. */
export function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
