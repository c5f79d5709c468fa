import { setTimeout as delay, setImmediate as othersTurn } from 'node:timers/promises';
import type { Attributes, Meter, TextMapPropagator, Tracer } from '@opentelemetry/api';
import type { ResolvedConfig } from './config/resolve.ts';
import { guard, guardHook } from './diagnostics/guard.ts';
import type { Ending } from './export/export-monitor.ts';
import { choosePropagator } from './export/propagator.ts';
import { createProviders, type Providers } from './export/providers.ts';
import { clientGone } from './intercept/client-gone.ts';
import type { Clock, Observer } from './intercept/observer.ts';
import type { ServerInfo } from './intercept/shapes.ts';
import { type Trusts, trustsOf } from './intercept/trusted.ts';
import { clock } from './passing.ts';
import { rewriteAttributes } from './privacy/attributes.ts';
import { type Capture, createCapture } from './privacy/capture.ts';
import { createErrorText } from './privacy/error-text.ts';
import { redactText } from './privacy/redact.ts';
import { processSession } from './process-session.ts';
import { processWide } from './process-wide.ts';
import { isRecord } from './protocol/json-rpc.ts';
import type { ClientSession } from './session/client-session.ts';
import { InferredSessions } from './session/inferred-sessions.ts';
import { NamedSessions } from './session/named-sessions.ts';
import { SessionRegistry } from './session/registry.ts';
import { SessionIds } from './session-ids.ts';
import { type Identity, metricIdentity, openRequestsAttributes } from './signals/attributes.ts';
import { ClientSessions } from './signals/client-sessions.ts';
import { expressibleAttributes } from './signals/expressible.ts';
import { createInstruments, type Instruments } from './signals/instruments.ts';
import { isLasting } from './signals/lasting.ts';
import { OpenRequests } from './signals/open-requests.ts';
import { OperationSignals } from './signals/operation-signals.ts';
import { SessionSignals } from './signals/session-signals.ts';
import { createLimits, type Limits, type SignalParts } from './signals/signal-parts.ts';
import { Waiting } from './signals/waiting.ts';
import type { SessionEndReason, SessionKeyRequest } from './types.ts';
import { apartTracer } from './user-tracer.ts';

/** Sessions that end or are reported between two flushes; a burst of more would overrun the export queue. */
const CHUNK = 256;
/** Milliseconds that sessions which are due wait for a flush. */
const MAX_FLUSH_MS = 10_000;

/** Everything behind a TelemetryManager, built when it is first needed. */
export class Core implements Observer {
  readonly identity: Identity;
  readonly clock: Clock = clock;
  readonly registry: SessionRegistry;
  readonly inferred = new InferredSessions();
  readonly conversations = new NamedSessions();
  readonly protocolSessions = new NamedSessions();
  readonly ids: SessionIds;
  /** For spans of the user's own. */
  readonly userTracer: Tracer;
  readonly operations: OperationSignals;
  readonly sessions: SessionSignals;
  readonly propagator: TextMapPropagator;
  readonly limits: Limits = createLimits();
  readonly capture: Capture;
  readonly errorText: ((text: string) => string) | undefined;
  readonly inferSessions: boolean;
  readonly trustProxy: Trusts;
  readonly readConversationIds: boolean;
  readonly propagateToClient: boolean;
  readonly propagateToServer: boolean;
  readonly clientSessions: ClientSessions;
  readonly exceptionEvents: boolean;
  readonly #config: ResolvedConfig;
  readonly #providers: Providers;
  readonly #instruments: Instruments;
  readonly #openRequests: OpenRequests | undefined;
  readonly #timer: NodeJS.Timeout;
  #active = true;
  /** False where all that is observed are clients: then the session of the process is no server's. */
  servesServers = true;
  #flushing = false;
  /** The last words are said. */
  #closed = false;

  /**
   * @param own the server's name and version; `told` where it has still to tell them.
   * @param isUnasked nobody has asked for it in code: the application is to stay as it was.
   */
  constructor(config: ResolvedConfig, own: ServerInfo, told?: Promise<ServerInfo>, isUnasked = false) {
    const { id } = processSession();
    this.#config = config;
    this.inferSessions = config.inferSessions;
    this.trustProxy = trustsOf(config.trustProxy);
    this.readConversationIds = config.inferSessions && config.readConversationIds;
    this.propagateToClient = config.propagateToClient;
    this.propagateToServer = config.propagateToServer;
    this.exceptionEvents = config.exceptionEvents;
    this.identity = { processSessionId: id, scope: config.sessionScope, onMetrics: config.metricSessionId };
    const identity = { processSessionId: id, ownName: own.name, ownVersion: own.version, told };
    this.#providers = createProviders(config, { ...identity, managerNumber: nextManagerNumber() }, isUnasked);
    this.userTracer = this.apart ? apartTracer(this.tracer) : this.tracer;
    this.propagator = choosePropagator(config);
    this.capture = createCapture({
      sanitize: config.enablePIISanitization,
      maxLength: config.maxAttributeLength,
    });
    this.errorText = createErrorText(config);
    this.#instruments = createInstruments(this.meter);
    if (this.#providers.enabled.metrics) this.#openRequests = this.#countOpenRequests();
    const parts = this.#signalParts();
    this.operations = new OperationSignals(parts);
    this.clientSessions = new ClientSessions(this.#instruments, this.identity, this.limits, parts.process);
    const { sessionIdleTimeoutMs: idleTimeoutMs, sessionUpdateIntervalMs: updateIntervalMs } = config;
    this.sessions = new SessionSignals(parts, idleTimeoutMs, new Waiting(() => this.operations.open()));
    this.ids = new SessionIds(this.#providers.service, config.sessionSecret);
    this.registry = new SessionRegistry({ idleTimeoutMs, updateIntervalMs }, this.sessions);
    this.#timer = this.#startTimer(Math.min(idleTimeoutMs, updateIntervalMs));
  }

  get tracer(): Tracer {
    return this.#providers.tracer;
  }

  get meter(): Meter {
    return this.#providers.meter;
  }

  get apart(): boolean {
    return this.#providers.apart;
  }

  /** False after shutdown: nothing is observed any more. */
  get active(): boolean {
    return this.#active;
  }

  /** What the user records in instruments of their own, redacted. Not cut: that would make one series of several. */
  redactMetricAttributes(attributes: Attributes): Attributes {
    return this.#config.enablePIISanitization ? rewriteAttributes(attributes, redactText, true) : attributes;
  }

  /** Runs the user's data processors; a set that one of them breaks is lost. */
  process(attributes: Attributes): Attributes {
    const { dataProcessors } = this.#config;
    if (dataProcessors.length === 0) return attributes;
    // A processor may change what it is given.
    let current = isLasting(attributes) ? { ...attributes } : attributes;
    for (const processor of dataProcessors) {
      const processed = guardHook('a data processor', () => processor(current));
      if (!isRecord(processed)) return {};
      current = expressibleAttributes(processed as Attributes);
    }
    return current;
  }

  sessionKey(received: { forHook(): SessionKeyRequest }): string | undefined {
    const hook = this.#config.sessionKey;
    if (hook === undefined) return undefined;
    const key = guardHook('the sessionKey hook', () => hook(received.forHook()));
    return typeof key === 'string' && key !== '' ? key : undefined;
  }

  identifyUser(authInfo: unknown): string | undefined {
    const hook = this.#config.identifyUser;
    if (hook === undefined || authInfo === undefined) return undefined;
    const user = guardHook('the identifyUser hook', () => hook(authInfo));
    return typeof user === 'string' && user !== '' ? user.slice(0, 256) : undefined;
  }

  /** The client has gone; what there is leaves at once, but the process is not kept for it. */
  stdinEnded(): void {
    this.#providers.forceFlush().catch(() => {});
    clientGone(() => this.operations.idle()).catch(() => {});
  }

  forceFlush(): Promise<void> {
    // Timers stand still in a frozen process, and end with their request in a worker: the flush does their part.
    guard('the session timer', () => {
      this.registry.tick(this.clock.now(), CHUNK);
      this.#sweep();
    });
    return this.#providers.forceFlush();
  }

  async shutdown(): Promise<void> {
    this.#stop();
    this.#providers.closing();
    const { now, monotonic } = this.clock;
    this.operations.finishAll(monotonic());
    this.clientSessions.endAll(monotonic());
    while (!this.#closed && this.registry.endAll('server_shutdown', now(), CHUNK)) {
      // What cannot be exported now does not keep the other sessions from their end.
      await this.#providers.forceFlush().catch(() => {});
      // The application drains meanwhile, and the time that it gives us may pass.
      await othersTurn();
    }
    guard('recording the session', () => this.#recordProcessSession());
    await this.#providers.shutdown();
  }

  /** Says what was lost; the very last. */
  close(ending: Ending): void {
    this.#closed = true;
    this.#openRequests?.release();
    this.#providers.close(ending);
  }

  /** The process is going, now: what can be written without waiting is written. `close` is to follow. */
  endNow(reason: SessionEndReason): void {
    this.#stop();
    this.operations.finishAll(this.clock.monotonic());
    this.clientSessions.endAll(this.clock.monotonic());
    let more: boolean;
    do {
      more = this.registry.endAll(reason, this.clock.now(), CHUNK);
      this.#providers.forceFlush().catch(() => {});
    } while (more);
    guard('recording the session', () => this.#recordProcessSession());
    guard('keeping what is undelivered', () => this.#providers.keep());
  }

  /** Once per meter provider: managers that share the application's would record one process several times. */
  #recordProcessSession(): void {
    if (this.identity.scope !== 'process' || !this.servesServers) return;
    const { meterProvider } = this.#providers;
    const recorded = processWide('session-recorded', () => new WeakSet<object>());
    if (meterProvider === undefined || recorded.has(meterProvider)) return;
    recorded.add(meterProvider);
    const seconds = (this.clock.monotonic() - processSession().startedAt) / 1000;
    this.#instruments.serverSessionDuration.record(seconds, this.process(metricIdentity(this.identity)));
  }

  #stop(): void {
    this.#active = false;
    clearInterval(this.#timer);
  }

  #startTimer(shortestMs: number): NodeJS.Timeout {
    const everyMs = Math.min(10_000, Math.max(10, shortestMs / 10));
    return setInterval(() => {
      guard('the session timer', () => {
        this.operations.endAbandoned(this.clock.monotonic());
        this.#tick();
        this.#sweep();
      });
    }, everyMs).unref();
  }

  #sweep(): void {
    this.inferred.sweep();
    const isGone = (session: ClientSession): boolean => this.registry.get(session.id) !== session;
    this.conversations.sweep(isGone);
    this.protocolSessions.sweep(isGone);
  }

  /** Many sessions can fall due together: they leave in chunks, and the next one waits for the export of the last. */
  #tick(): void {
    if (this.#flushing || !this.#active || !this.registry.tick(this.clock.now(), CHUNK)) return;
    this.#flushing = true;
    const flushed = this.#providers.forceFlush().catch(() => {});
    // A provider that never answers does not keep sessions from their end.
    void Promise.race([flushed, delay(MAX_FLUSH_MS, undefined, { ref: false })]).then(() => {
      this.#flushing = false;
      guard('the session timer', () => this.#tick());
    });
  }

  #countOpenRequests(): OpenRequests {
    return new OpenRequests(this.meter, (method) =>
      this.process(openRequestsAttributes(this.identity, method)),
    );
  }

  #signalParts(): SignalParts {
    const { enableArgumentCollection, enableResultCollection } = this.#config;
    return {
      identity: this.identity,
      tracer: this.tracer,
      instruments: this.#instruments,
      openRequests: this.#openRequests,
      enabled: this.#providers.enabled,
      capture: this.capture,
      errorText: this.errorText,
      collect: { arguments: enableArgumentCollection, results: enableResultCollection },
      exceptionEvents: this.exceptionEvents,
      resourceUriInSpanName: this.#config.resourceUriInSpanName,
      process: (attributes) => this.process(attributes),
      limits: this.limits,
    };
  }
}

/** The number of this manager in the process, from 0. */
function nextManagerNumber(): number {
  const managers = processWide('managers', () => ({ built: 0 }));
  managers.built += 1;
  return managers.built - 1;
}
