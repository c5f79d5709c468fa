import type { Attributes, Meter, MetricOptions, Tracer } from '@opentelemetry/api';
import { type ResolvedConfig, resolveConfig } from './config/resolve.ts';
import { Core } from './core.ts';
import { currentRequest } from './current-request.ts';
import { guard } from './diagnostics/guard.ts';
import { logLine, logOnce } from './diagnostics/log.ts';
import { setEndings } from './end-at-once.ts';
import { flushAtExit } from './exit-flush.ts';
import { readableEnvironment } from './export/permissions.ts';
import { watchHttpPeers } from './intercept/http-peer.ts';
import type { End } from './intercept/link.ts';
import { levelsOf, observe } from './intercept/observe.ts';
import type { ObserverSource } from './intercept/observer.ts';
import { type LowLevelServer, ownInfo, type ServerInfo } from './intercept/shapes.ts';
import { runOwnSpan } from './own-span.ts';
import { processSession } from './process-session.ts';
import { processWide } from './process-wide.ts';
import { metricIdentity } from './signals/attributes.ts';
import { finiteMeter } from './signals/finite-meter.ts';
import type { CurrentRequest, RecordValue, SessionSnapshot, SpanFunction, TelemetryConfig } from './types.ts';
import { isUnasked } from './unasked.ts';

const NO_INFO: ServerInfo = { name: undefined, version: undefined };

/**
 * Observes MCP servers and clients and exports what they do as OpenTelemetry traces and metrics.
 *
 * Every manager of a process has the same {@link TelemetryManager.sessionId}. Nothing here throws into what is observed:
 * telemetry that fails is said on stderr and left out.
 */
export class TelemetryManager {
  readonly #config: ResolvedConfig;
  readonly #recorders = new Map<string, RecordValue>();
  readonly #stopWatchingPeers: () => void;
  readonly #source: ObserverSource;
  readonly #ends = new Set<End>();
  /** The first server or client that was instrumented gives name and version. */
  #own: ServerInfo | undefined;
  #told: Promise<ServerInfo> | undefined;
  /** Nobody has asked for that in code. */
  #isUnasked = false;
  #core: Core | undefined;
  #meter: Meter | undefined;
  #shutdown: Promise<void> | undefined;

  /**
   * @param config see {@link TelemetryConfig}; all of it is optional.
   * @throws TypeError naming each wrong field, what it got and what it takes.
   */
  constructor(config: TelemetryConfig = {}) {
    this.#config = resolveConfig(config, readableEnvironment(), logOnce);
    countLive(1);
    setEndings(this, {
      atOnce: () => this.#endAtOnce(),
      within: (limitMs) => this.#endWithin(limitMs),
      flush: async () => this.#core?.forceFlush(),
    });
    // The session of the process begins here (the start of `mcp.server.session.duration`).
    processSession();
    // Now, not with the first server: a factory instruments that one when its HTTP request has begun already.
    this.#stopWatchingPeers = watchHttpPeers();
    const isActive = (): boolean => !this.isShutdown;
    this.#source = {
      open: () => this.#open(),
      get active() {
        return isActive();
      },
    };
  }

  /** The UUID of this process's session: `mcp.session.id` on every span and data point, `service.instance.id`. */
  get sessionId(): string {
    return processSession().id;
  }

  /** For spans of your own that need more than {@link TelemetryManager.startActiveSpan}; nothing is redacted here. */
  get tracer(): Tracer {
    return this.#open().userTracer;
  }

  /**
   * For instruments of your own that need more than the two shorthands; nothing is redacted here. Values that are not
   * finite numbers are left out.
   */
  get meter(): Meter {
    this.#meter ??= finiteMeter(this.#open().meter);
    return this.#meter;
  }

  /**
   * Observes a server: an `McpServer` or `Server` of `@modelcontextprotocol/sdk` or `@modelcontextprotocol/server`, or a
   * wrapper that has one as its `server`. Call it before `connect`, before or after handlers are registered. Cheap
   * enough to be called for every request; a server that is instrumented already stays with its first manager, until
   * that is shut down.
   *
   * @returns the manager itself.
   * @throws TypeError if `server` is no MCP server.
   */
  instrument(server: object): this {
    return this.#observe('server', server);
  }

  /**
   * Observes a client: a `Client` of `@modelcontextprotocol/sdk` or `@modelcontextprotocol/client`, or a wrapper that has
   * one as its `client`, before or after its `connect`. One that is instrumented already stays with its first manager,
   * until that is shut down.
   *
   * @returns the manager itself.
   * @throws TypeError if `client` is no MCP client.
   */
  instrumentClient(client: object): this {
    return this.#observe('client', client);
  }

  /**
   * Runs `fn` in a new span, which ends when `fn` returns, throws, or its promise settles. What `fn` throws is
   * recorded, with its class as `error.type`, and thrown on. The span carries `mcp.session.id`, and inside a request
   * also its ids. A thenable that is no promise, such as a query, comes back as it is, and the span ends when it does:
   * the first time that something waits for it.
   *
   * @param attributes recorded from the start: redacted like captured text, by key and by value, and cut at
   *   `maxAttributeLength`; with `enablePIISanitization: false` only cut. Then the data processors see them. What `fn`
   *   sets on the span itself is recorded as it is.
   */
  startActiveSpan<T>(name: string, attributes: Attributes, fn: SpanFunction<T>): T {
    return runOwnSpan(
      guard('starting a span', () => this.#open()),
      name,
      attributes,
      fn,
    );
  }

  /**
   * A function that records values in a histogram; the same function for the same name. Values that are not finite
   * numbers are left out: they would stay in the sum for ever. Attribute values are redacted, by key and by value,
   * unless `enablePIISanitization` is false, and never cut.
   *
   * @param options unit, description, bucket boundaries; those of the first call for a name hold.
   */
  getHistogram(name: string, options: MetricOptions = {}): RecordValue {
    return this.#recorder(`histogram ${name}`, (meter) => {
      const histogram = meter.createHistogram(name, options);
      return (value, attributes) => histogram.record(value, attributes);
    });
  }

  /** A function that adds to a counter, with the attributes of {@link TelemetryManager.getHistogram}; one per name. */
  getIncrementCounter(name: string, options: MetricOptions = {}): RecordValue {
    return this.#recorder(`counter ${name}`, (meter) => {
      const counter = meter.createCounter(name, options);
      return (value, attributes) => counter.add(value, attributes);
    });
  }

  /**
   * The ids of the request or notification in whose handler this is called, whichever manager observes it: for log
   * lines, and for answers that name the request. Also after an `await`, and in what the handler left running.
   *
   * @returns `undefined` outside of a handler. Never throws.
   */
  currentRequest(): CurrentRequest | undefined {
    return guard('reading the current request', currentRequest);
  }

  /** Snapshots of the open client sessions. */
  activeSessions(): readonly SessionSnapshot[] {
    const core = this.#core;
    if (core === undefined) return [];
    const now = core.clock.now();
    // What is part of a conversation is counted there.
    const sessions = [...core.registry.all()].filter(({ partOf }) => partOf === undefined);
    return sessions.map((session) => session.snapshot(now));
  }

  /** Exports what was recorded so far. Resolves when that is done, at the latest after `shutdownTimeoutMs`. */
  async forceFlush(): Promise<void> {
    const core = this.#core;
    if (core !== undefined) await this.#atMost(core.forceFlush());
  }

  /**
   * Ends the open client sessions, records `mcp.server.session.duration`, exports what there is and stops observing.
   * Once: later calls get the same promise. It never rejects, and gives up after `shutdownTimeoutMs`. Providers that
   * belong to the application are flushed and stay up.
   */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#end();
    return this.#shutdown;
  }

  /** Whether `shutdown` was called. */
  get isShutdown(): boolean {
    return this.#shutdown !== undefined;
  }

  #observe(end: End, value: object): this {
    const levels = levelsOf(value, end);
    this.#nameAfter(levels.low);
    this.#ends.add(end);
    if (this.#core !== undefined) this.#core.servesServers = this.#servesServers;
    observe(levels, end, this.#source);
    return this;
  }

  /** Whoever observes nothing at all may yet be a server. */
  get #servesServers(): boolean {
    return this.#ends.has('server') || !this.#ends.has('client');
  }

  #nameAfter(low: LowLevelServer): void {
    if (this.#own !== undefined) return;
    this.#own = ownInfo(low);
    this.#isUnasked = isUnasked(low);
    if (!this.#isUnasked) sayIfMany();
    if (low.introducing instanceof Promise) this.#told = low.introducing;
  }

  async #end(): Promise<void> {
    const core = this.#open();
    await this.#atMost(core.shutdown());
    this.#ended();
  }

  #endWithin(limitMs: number): Promise<void> {
    this.#shutdown ??= this.#handOver(limitMs);
    return this.#shutdown;
  }

  async #handOver(limitMs: number): Promise<void> {
    const core = this.#open();
    const isDone = await this.#atMost(core.shutdown(), limitMs);
    if (!isDone) flushAtExit.now([core]);
    this.#ended(isDone);
  }

  #endAtOnce(): void {
    if (this.isShutdown) return;
    this.#shutdown = Promise.resolve();
    guard('the end of the sessions', () => this.#core?.endNow('server_shutdown'));
    this.#ended();
  }

  #ended(isToClose = true): void {
    const core = this.#core;
    this.#stopWatchingPeers();
    countLive(-1);
    if (core === undefined || !isToClose) return;
    flushAtExit.delete(core);
    guard('the last report', () => core.close('shutdown'));
  }

  /**
   * Keeps the process until `work` is done, and no longer than the limit.
   *
   * @returns whether it is done
   */
  async #atMost(work: Promise<void>, limitMs = this.#config.shutdownTimeoutMs): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, limitMs, false);
    });
    const done = work.catch((error: unknown) => logLine(`flushing failed: ${String(error)}`));
    const isDone = await Promise.race([done.then(() => true), timeout]);
    clearTimeout(timer);
    return isDone;
  }

  /** With the first connection, or what needs it sooner: until then the application may register an SDK of its own. */
  #open(): Core {
    if (this.#core === undefined) {
      this.#core = new Core(this.#config, this.#own ?? NO_INFO, this.#told, this.#isUnasked);
      this.#core.servesServers = this.#servesServers;
      flushAtExit.add(this.#core);
    }
    return this.#core;
  }

  /** The instrument is made with its first value: by then a server, which gives its name, may be instrumented. */
  #recorder(key: string, create: (meter: Meter) => RecordValue): RecordValue {
    let recorder = this.#recorders.get(key);
    if (recorder === undefined) {
      let record: RecordValue | undefined;
      recorder = (value, attributes) =>
        void guard('recording a value', () => {
          const core = this.#open();
          record ??= create(this.meter);
          const own = core.redactMetricAttributes(attributes ?? {});
          record(value, core.process({ ...metricIdentity(core.identity), ...own }));
        });
      this.#recorders.set(key, recorder);
    }
    return recorder;
  }
}

function countLive(change: 1 | -1): void {
  liveManagers().count += change;
}

/** A factory that makes a manager per server goes unnoticed until the process is full of them. */
function sayIfMany(): void {
  if (liveManagers().count >= 10) {
    logOnce('10 managers are alive in this process: build one TelemetryManager for the servers of a factory');
  }
}

function liveManagers(): { count: number } {
  return processWide('live-managers', () => ({ count: 0 }));
}
