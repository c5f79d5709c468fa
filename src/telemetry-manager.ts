import {
  type Attributes,
  context,
  type Meter,
  type MetricOptions,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { type ResolvedConfig, resolveConfig } from './config/resolve.ts';
import { Core, type OwnInfo } from './core.ts';
import { guard } from './diagnostics/guard.ts';
import { logLine } from './diagnostics/log.ts';
import { flushAtExit } from './exit-flush.ts';
import { watchHttpPeers } from './intercept/http-peer.ts';
import { levelsOf, observeServer } from './intercept/observe-server.ts';
import { ownInfo } from './intercept/shapes.ts';
import type { Operation } from './operation/operation.ts';
import { processSession } from './process-session.ts';
import { metricIdentity, sessionIdentity } from './signals/attributes.ts';
import { CURRENT_OPERATION } from './signals/context-keys.ts';
import { exceptionAttributes } from './signals/exception.ts';
import { ATTR_MCP_REQUEST_ID } from './signals/semconv.ts';
import type { RecordValue, SessionSnapshot, SpanFunction, TelemetryConfig } from './types.ts';

const NO_INFO: OwnInfo = { name: undefined, version: undefined };

/**
 * Observes MCP servers and exports what they do as OpenTelemetry traces and metrics.
 *
 * Every manager of a process has the same {@link TelemetryManager.sessionId}. Nothing here throws into a server:
 * telemetry that fails is said on stderr and left out.
 */
export class TelemetryManager {
  readonly #config: ResolvedConfig;
  readonly #recorders = new Map<string, RecordValue>();
  readonly #stopWatchingPeers: () => void;
  #core: Core | undefined;
  #shutdown: Promise<void> | undefined;

  /**
   * @param config see {@link TelemetryConfig}; all of it is optional.
   * @throws TypeError naming each wrong field, what it got and what it takes.
   */
  constructor(config: TelemetryConfig = {}) {
    this.#config = resolveConfig(config, process.env, logLine);
    // The session of the process begins here (seed of `mcp.server.session.duration`).
    processSession();
    // Now, not with the first server: a factory instruments that one when its HTTP request has begun already.
    this.#stopWatchingPeers = watchHttpPeers();
  }

  /** The UUID of this process's session: `mcp.session.id` on every span and data point, `service.instance.id`. */
  get sessionId(): string {
    return processSession().id;
  }

  /** For spans of your own that need more than {@link TelemetryManager.startActiveSpan}. */
  get tracer(): Tracer {
    return this.#open(NO_INFO).tracer;
  }

  /** For instruments of your own that need more than the two shorthands. */
  get meter(): Meter {
    return this.#open(NO_INFO).meter;
  }

  /**
   * Observes a server: an `McpServer` or `Server` of `@modelcontextprotocol/sdk` or `@modelcontextprotocol/server`.
   * Call it before `connect`, before or after handlers are registered. Cheap enough to be called for every request;
   * a server that is instrumented already is left as it is.
   *
   * @returns the manager itself.
   * @throws TypeError if `server` is no MCP server.
   */
  instrument(server: object): this {
    const { low } = levelsOf(server);
    observeServer(server, this.#open(ownInfo(low)));
    return this;
  }

  /**
   * Runs `fn` in a new span, which ends when `fn` returns, throws, or its promise settles. What `fn` throws is
   * recorded and thrown on. The span carries `mcp.session.id`, and inside a request also its ids.
   *
   * @param attributes recorded from the start; the data processors see them.
   */
  startActiveSpan<T>(name: string, attributes: Attributes, fn: SpanFunction<T>): T {
    const core = this.#open(NO_INFO);
    const active = context.active();
    const span =
      guard('starting a span', () =>
        core.tracer.startSpan(
          name,
          { attributes: core.process(this.#spanAttributes(core, attributes)) },
          active,
        ),
      ) ?? trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 });
    return context.with(trace.setSpan(active, span), () => runInSpan(core, span, fn));
  }

  /**
   * A function that records values in a histogram; the same function for the same name.
   *
   * @param options unit, description, bucket boundaries; those of the first call for a name hold.
   */
  getHistogram(name: string, options: MetricOptions = {}): RecordValue {
    return this.#recorder(`histogram ${name}`, (meter) => {
      const histogram = meter.createHistogram(name, options);
      return (value, attributes) => histogram.record(value, attributes);
    });
  }

  /** A function that adds to a counter; the same function for the same name. */
  getIncrementCounter(name: string, options: MetricOptions = {}): RecordValue {
    return this.#recorder(`counter ${name}`, (meter) => {
      const counter = meter.createCounter(name, options);
      return (value, attributes) => counter.add(value, attributes);
    });
  }

  /** Pictures of the client sessions that are open now. */
  activeSessions(): readonly SessionSnapshot[] {
    const core = this.#core;
    if (core === undefined) return [];
    const now = core.clock.now();
    return Array.from(core.registry.all(), (session) => session.snapshot(now));
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

  async #end(): Promise<void> {
    const core = this.#open(NO_INFO);
    await this.#atMost(core.shutdown());
    flushAtExit.delete(core);
    this.#stopWatchingPeers();
    guard('the last report', () => core.close());
  }

  /** Keeps the process until `work` is done, and no longer than the timeout. */
  async #atMost(work: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#config.shutdownTimeoutMs);
    });
    await Promise.race([
      work.catch((error: unknown) => logLine(`flushing failed: ${String(error)}`)),
      timeout,
    ]);
    clearTimeout(timer);
  }

  #open(own: OwnInfo): Core {
    if (this.#core === undefined) {
      this.#core = new Core(this.#config, own);
      flushAtExit.add(this.#core);
    }
    return this.#core;
  }

  #spanAttributes(core: Core, attributes: Attributes): Attributes {
    const operation = context.active().getValue(CURRENT_OPERATION) as Operation | undefined;
    return {
      ...sessionIdentity(core.identity, operation?.session),
      ...(operation?.requestUuid !== undefined && { [ATTR_MCP_REQUEST_ID]: operation.requestUuid }),
      ...attributes,
    };
  }

  /** The instrument is made with its first value: by then a server, which gives its name, may be instrumented. */
  #recorder(key: string, create: (meter: Meter) => RecordValue): RecordValue {
    let recorder = this.#recorders.get(key);
    if (recorder === undefined) {
      let record: RecordValue | undefined;
      recorder = (value, attributes) =>
        void guard('recording a value', () => {
          const core = this.#open(NO_INFO);
          record ??= create(core.meter);
          record(value, core.process({ ...metricIdentity(core.identity), ...attributes }));
        });
      this.#recorders.set(key, recorder);
    }
    return recorder;
  }
}

function runInSpan<T>(core: Core, span: Span, fn: SpanFunction<T>): T {
  const failed = (error: unknown): never => {
    guard('recording an exception', () => {
      span.addEvent('exception', core.process(exceptionAttributes(error, core.capture)));
      span.setStatus({ code: SpanStatusCode.ERROR });
    });
    endOnce(span);
    throw error;
  };
  let result: T;
  try {
    result = fn(span);
  } catch (error) {
    return failed(error);
  }
  if (!(result instanceof Promise)) {
    endOnce(span);
    return result;
  }
  const settled = result.then((value: unknown) => {
    endOnce(span);
    return value;
  }, failed);
  return settled as T;
}

/** Users of other packages end the span themselves. */
function endOnce(span: Span): void {
  guard('ending a span', () => {
    if (span.isRecording()) span.end();
  });
}
