import type { Attributes, MeterProvider, Span, TextMapPropagator, TracerProvider } from '@opentelemetry/api';

/** Where recorded telemetry goes. `console` writes to stderr: stdout is the wire of a stdio server. */
export type ExporterType = 'otlp-http' | 'console' | 'file' | 'none';

/** What `mcp.session.id` means; see the telemetry reference, "Three identities". */
export type SessionScope = 'process' | 'client';

/** Credentials that are sent to the collector as one HTTP header. */
export interface ExporterAuth {
  /** `bearer`: `authorization: Bearer <token>`; `apiKey`: `x-api-key: <apiKey>`; `basic`: `authorization: Basic …`. */
  type: 'bearer' | 'apiKey' | 'basic';
  /** For `bearer`. */
  token?: string | undefined;
  /** For `apiKey`. */
  apiKey?: string | undefined;
  /** For `basic`. */
  username?: string | undefined;
  /** For `basic`. */
  password?: string | undefined;
}

/**
 * Sees an attribute set before it is recorded and returns the set to record.
 * One that throws, or returns no object, loses the attributes, never the request.
 */
// biome-ignore lint/suspicious/noExplicitAny: the signature that users of other MCP telemetry packages already have
export type DataProcessor = (attributes: any) => any;

/** What the `sessionKey` hook is shown of a request. Nothing of it is recorded. */
export interface SessionKeyRequest {
  /** The JSON-RPC method, e.g. `tools/call`. */
  readonly method: string;
  /** The JSON-RPC `params`, as received. */
  readonly params: unknown;
  /** `params._meta`, as received. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** Value of an HTTP request header, by lower-case name; `undefined` where there is none. */
  header(name: string): string | undefined;
  /** What the server's authentication middleware attached, if any. */
  readonly authInfo: unknown;
}

/**
 * Options of {@link instrumentServer}, {@link instrumentClient} and {@link TelemetryManager}.
 *
 * Precedence of every value: this object, then the named environment variable, then the default.
 * A wrong value here throws one `TypeError`; a wrong environment variable warns on stderr and is ignored.
 */
export interface TelemetryConfig {
  /** `service.name`. Environment: `OTEL_SERVICE_NAME`. Default: the name that the MCP server, or the client, was built with. */
  serverName?: string | undefined;
  /**
   * `service.version`. Environment: `MCP_SESSIONSCOPE_SERVER_VERSION`. Default: the version that the MCP server,
   * or the client, was built with.
   */
  serverVersion?: string | undefined;
  /**
   * Base URL of an OTLP/HTTP receiver; `http://host:4318` and `http://host:4318/v1` both work. With
   * `exporterType: 'file'`, the folder to write to (default: `MCP_SESSIONSCOPE_DIR`, else `~/.mcp-sessionscope`).
   * Environment: `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_{TRACES,METRICS}_ENDPOINT`.
   * Default: `http://localhost:4318`.
   */
  exporterEndpoint?: string | undefined;
  /**
   * Where telemetry goes. Environment: `MCP_SESSIONSCOPE_EXPORTER_TYPE`, which takes the same values, else
   * `OTEL_TRACES_EXPORTER`, `OTEL_METRICS_EXPORTER` (`otlp`, `console`, `none`); `OTEL_SDK_DISABLED`. Default: `otlp-http`.
   */
  exporterType?: ExporterType | undefined;
  /** Credentials for the collector. Environment: `OTEL_EXPORTER_OTLP_HEADERS`. Default: none. */
  exporterAuth?: ExporterAuth | undefined;
  /** HTTP headers for the collector, by name. Environment: `OTEL_EXPORTER_OTLP_HEADERS`. Default: none. */
  exporterHeaders?: Record<string, string> | undefined;
  /**
   * Share of client sessions whose spans are recorded, 0 to 1; parent-based, so whole sessions are kept or dropped.
   * Metrics count everything. Environment: `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG`. Default: 1.
   */
  samplingRate?: number | undefined;
  /**
   * Milliseconds between two metric exports, 1 to 2147483647. Environment: `OTEL_METRIC_EXPORT_INTERVAL`.
   * Default: 60000.
   */
  metricExportIntervalMs?: number | undefined;
  /**
   * Milliseconds that a finished span waits for its batch at most, 1 to 2147483647. Environment:
   * `OTEL_BSP_SCHEDULE_DELAY`. Default: 2000.
   */
  batchTimeoutMs?: number | undefined;
  /**
   * Milliseconds after which `shutdown()` and `forceFlush()` give up on the collector, 1 to 2147483647.
   * Environment: `MCP_SESSIONSCOPE_SHUTDOWN_TIMEOUT_MS`. Default: 3000.
   */
  shutdownTimeoutMs?: number | undefined;
  /**
   * What `otlp-http` has not delivered when the process exits without `shutdown()`: hand it to a short-lived process of
   * its own, which sends it, and keep what that cannot send in a file, the owner's only, for the next start. `false`:
   * it is lost, and said to be. Environment: `MCP_SESSIONSCOPE_EXIT_DELIVERY`. Default: true.
   */
  exitDelivery?: boolean | undefined;
  /** Record spans. Environment: `MCP_SESSIONSCOPE_ENABLE_TRACING`. Default: true. */
  enableTracing?: boolean | undefined;
  /** Record metrics. Environment: `MCP_SESSIONSCOPE_ENABLE_METRICS`. Default: true. */
  enableMetrics?: boolean | undefined;
  /**
   * Record arguments of tools as `gen_ai.tool.call.arguments`, and those of prompts as `gen_ai.prompt.variable.<name>`. They
   * can hold personal data. Environment: `MCP_SESSIONSCOPE_ENABLE_ARGUMENT_COLLECTION`. Default: false.
   */
  enableArgumentCollection?: boolean | undefined;
  /**
   * Record tool results as `gen_ai.tool.call.result`, and the text of `notifications/message` as `mcp.log.data`. They can
   * hold personal data. Environment: `MCP_SESSIONSCOPE_ENABLE_RESULT_COLLECTION`. Default: false.
   */
  enableResultCollection?: boolean | undefined;
  /**
   * Record what errors say: messages and stacks of exceptions, messages of JSON-RPC errors, and the text of tool results
   * with `isError`; redacted, and cut at 1,024 UTF-16 code units (stacks at `maxAttributeLength`). The class or the code of
   * an error is recorded regardless. Environment: `MCP_SESSIONSCOPE_ENABLE_ERROR_TEXT_COLLECTION`. Default: true.
   */
  enableErrorTextCollection?: boolean | undefined;
  /**
   * Redact what looks like a secret or personal data, by key and by value, in all captured text and in the attributes
   * given to `startActiveSpan`, `getHistogram` and `getIncrementCounter`. Environment:
   * `MCP_SESSIONSCOPE_ENABLE_PII_SANITIZATION`. Default: true.
   */
  enablePIISanitization?: boolean | undefined;
  /** See and change every attribute set before it is recorded, in order. Default: none. */
  dataProcessors?: DataProcessor[] | undefined;
  /**
   * UTF-16 code units after which a captured text is cut, 16 to 1048576. Environment:
   * `MCP_SESSIONSCOPE_MAX_ATTRIBUTE_LENGTH`. Default: 4096.
   */
  maxAttributeLength?: number | undefined;
  /**
   * `process`: `mcp.session.id` is one UUID per process. `client`: it is the protocol's session id. Environment:
   * `MCP_SESSIONSCOPE_SESSION_SCOPE`. Default: `process`.
   */
  sessionScope?: SessionScope | undefined;
  /**
   * Group requests of sessionless HTTP into sessions by principal, else by address and user agent. `false` turns
   * `readConversationIds` off, too. Environment: `MCP_SESSIONSCOPE_INFER_SESSIONS`. Default: true.
   */
  inferSessions?: boolean | undefined;
  /**
   * Read from requests which conversation they belong to, where their client says so in a known place of `_meta`, in W3C
   * baggage or in a header: the requests of a conversation are one session then, over any number of protocol sessions,
   * connections and processes. Environment: `MCP_SESSIONSCOPE_READ_CONVERSATION_IDS`. Default: true.
   */
  readConversationIds?: boolean | undefined;
  /**
   * A text of at least 16 characters, the same in all processes of a service and nowhere else: with it, they make the same
   * hashes of who calls, so that inferred sessions, and conversations of authenticated callers, are one row over all of
   * them. It never leaves the process. Environment: `MCP_SESSIONSCOPE_SESSION_SECRET`. Default: none.
   */
  sessionSecret?: string | undefined;
  /**
   * The proxies between the clients and the server, whose word counts: how many there are, or their addresses, CIDR ranges,
   * `loopback`, `linklocal` (169.254.0.0/16, fe80::/10) and `uniquelocal` (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16,
   * fc00::/7), as a list or a text with commas. `client.address` is then whom `X-Forwarded-For` or `Forwarded` names, read
   * from right to left past trusted proxies only. Environment: `MCP_SESSIONSCOPE_TRUST_PROXY`. Default: false.
   */
  trustProxy?: false | number | string | readonly string[] | undefined;
  /** Names the session of a request; `undefined` leaves it to the client and the protocol. Default: none. */
  sessionKey?: ((request: SessionKeyRequest) => string | undefined) | undefined;
  /**
   * Milliseconds without a request after which a client session counts as ended, 1 to 2147483647. Environment:
   * `MCP_SESSIONSCOPE_SESSION_IDLE_TIMEOUT_MS`. Default: 1800000 (30 min).
   */
  sessionIdleTimeoutMs?: number | undefined;
  /**
   * Milliseconds between two `mcp.session update` spans of a session that changed, 1 to 2147483647.
   * Environment: `MCP_SESSIONSCOPE_SESSION_UPDATE_INTERVAL_MS`. Default: 60000.
   */
  sessionUpdateIntervalMs?: number | undefined;
  /**
   * Put `mcp.session.id` on metric data points. Costs no series within a process. Environment:
   * `MCP_SESSIONSCOPE_METRIC_SESSION_ID`. Default: true.
   */
  metricSessionId?: boolean | undefined;
  /** Pseudonym of the authenticated user, recorded as `enduser.pseudo.id` on spans. Default: none. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the server author's own
  identifyUser?: ((authInfo: any) => string | undefined) | undefined;
  /** Further resource attributes. Environment: `OTEL_RESOURCE_ATTRIBUTES`. Default: none. */
  resourceAttributes?: Record<string, string | number | boolean> | undefined;
  /**
   * The application's own provider; no SDK is started then. Default: the global provider, if one was registered and
   * neither `exporterEndpoint` nor `exporterType` is set. One that records or exports nothing gives way to an endpoint
   * in the environment, too.
   */
  tracerProvider?: TracerProvider | undefined;
  /** The same for metrics. Default: see `tracerProvider`. */
  meterProvider?: MeterProvider | undefined;
  /**
   * Reads and writes trace context in `_meta`, and reads it in HTTP headers. Environment: `OTEL_PROPAGATORS`
   * (`tracecontext`, `baggage`, `none`). Default: the global propagator, if one was registered, else W3C Trace Context and
   * Baggage.
   */
  propagator?: TextMapPropagator | undefined;
  /**
   * Write trace context into `_meta` of the specification's requests that the server sends: sampling, elicitation, roots,
   * ping, tasks. No other message is changed, ever. Environment: `MCP_SESSIONSCOPE_PROPAGATE_TO_CLIENT`. Default: true.
   */
  propagateToClient?: boolean | undefined;
  /**
   * The same for the specification's requests that an instrumented client sends: the spans of an observed server then hang
   * below those of the client. Environment: `MCP_SESSIONSCOPE_PROPAGATE_TO_SERVER`. Default: true.
   */
  propagateToServer?: boolean | undefined;
  /**
   * Put the URI of a resource after the method in span names, redacted and cut at 128 characters. A server with many
   * resources then has as many names, which backends count. Metrics never carry URIs. Environment:
   * `MCP_SESSIONSCOPE_RESOURCE_URI_IN_SPAN_NAME`. Default: false.
   */
  resourceUriInSpanName?: boolean | undefined;
}

/** Where the id of a client session comes from. */
export type SessionSource = 'protocol' | 'connection' | 'application' | 'conversation' | 'inferred';

/** Why a client session ended. */
export type SessionEndReason =
  | 'client_delete'
  | 'transport_close'
  | 'stdin_eof'
  | 'idle_timeout'
  | 'server_shutdown'
  | 'process_exit';

/** A read-only snapshot of one open client session. */
export interface SessionSnapshot {
  /** `mcp.client.session.id`. */
  readonly id: string;
  /** Who gave it that id; `conversation` where it is made of the one that the client names. */
  readonly source: SessionSource;
  /** Unix time in milliseconds. */
  readonly startedAt: number;
  /** Unix time in milliseconds of the newest request. */
  readonly lastActivityAt: number;
  /** Milliseconds since `startedAt`. */
  readonly durationMs: number;
  /** Requests received, `initialize` included; of a conversation, also those of its handshakes. */
  readonly calls: number;
  /** Requests answered with a JSON-RPC error or with `isError`. */
  readonly errors: number;
  /** Names of the tools called, in order of first use; at most 50. */
  readonly tools: readonly string[];
  /** What the client calls itself; absent where it has not said so. */
  readonly clientName?: string;
  /** The client's version of itself; absent where it has not said so. */
  readonly clientVersion?: string;
  /** The version of MCP that was agreed on, e.g. `2025-11-25`; absent until it is known. */
  readonly protocolVersion?: string;
  /** `gen_ai.conversation.id`; absent where the source is not `conversation`. */
  readonly conversationId?: string;
}

/** The ids of the request or notification in whose handler the code runs: what its span carries, for logs. */
export interface CurrentRequest {
  /** `mcp.session.id`: the UUID of this process's session, as {@link TelemetryManager.sessionId}. */
  readonly sessionId: string;
  /** `mcp.client.session.id`; absent where the message belongs to no session. */
  readonly clientSessionId?: string;
  /** `mcp.client.session.source`; absent with `clientSessionId`. */
  readonly clientSessionSource?: SessionSource;
  /** `gen_ai.conversation.id`: what the client calls the conversation; absent where it did not say so. */
  readonly conversationId?: string;
  /** `mcp.request.id`; absent for a notification. */
  readonly requestId?: string;
  /** `jsonrpc.request.id`: the id on the wire, as text; absent for a notification. */
  readonly jsonrpcRequestId?: string;
  /** `mcp.method.name`, e.g. `tools/call`. */
  readonly method: string;
  /** `gen_ai.tool.name` of a `tools/call`: the name that the client sent. */
  readonly toolName?: string;
  /** 32 hex digits; absent where no spans are made. */
  readonly traceId?: string;
  /** 16 hex digits: the span that is active, the request's or one of your own below it; absent with `traceId`. */
  readonly spanId?: string;
}

/** Records one value in the unit of its instrument. */
export type RecordValue = (value: number, attributes?: Attributes) => void;

/** The function that `startActiveSpan` runs. */
export type SpanFunction<T> = (span: Span) => T;
