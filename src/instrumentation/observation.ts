import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api';
import { type TelemetryConfig, TelemetryManager } from '../index.ts';
import { endAtOnce } from '../sdk/end-at-once.ts';
import { isClient } from '../sdk/intercept/client-shapes.ts';
import { markOf } from '../sdk/intercept/link.ts';
import { serverLevels } from '../sdk/intercept/shapes.ts';
import { endBefore } from './before-shutdown.ts';

/** Those of the application; what is not given is the global one. */
export interface GivenProviders {
  tracerProvider?: TracerProvider;
  meterProvider?: MeterProvider;
}

/** Observes servers and clients as they connect, with the configuration and the providers of that moment. */
export class Observation {
  #options: TelemetryConfig = {};
  #providers: GivenProviders = {};
  #isOn = false;
  /** For those that connect from now on. */
  #manager: TelemetryManager | undefined;
  /** Whether it has servers. */
  #isUsed = false;
  /** They go on with the servers that they have. */
  readonly #earlier = new Set<TelemetryManager>();

  /** @throws TypeError for wrong options; the ones before stay. */
  configure(options: TelemetryConfig): void {
    const manager = this.#create(options);
    this.#options = options;
    if (this.#isOn) this.#goOnWith(manager);
    else endAtOnce(manager);
  }

  provide(providers: GivenProviders): void {
    this.#providers = { ...this.#providers, ...providers };
    if (this.#isOn) this.#goOnWith(this.#create(this.#options));
  }

  begin(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#goOnWith(this.#create(this.#options));
  }

  /** All is recorded when this returns. */
  end(): void {
    this.#isOn = false;
    for (const manager of this.#earlier) endAtOnce(manager);
    this.#earlier.clear();
    if (this.#manager !== undefined) endAtOnce(this.#manager);
    this.#manager = undefined;
  }

  /** @param end `McpServer`, `Server` or `Client`, which is connecting to the transport */
  observe(end: object, transport: unknown): void {
    const manager = this.#manager;
    // It has ended with its providers.
    if (manager === undefined || manager.isShutdown) return;
    const low = serverLevels(end)?.low;
    // One that the application has instrumented by itself stays with its manager.
    if (low === undefined || markOf(low)?.source.active) return;
    this.#isUsed = true;
    endBefore(this.#providers.tracerProvider ?? trace.getTracerProvider(), manager);
    endBefore(this.#providers.meterProvider ?? metrics.getMeterProvider(), manager);
    if (isClient(low)) manager.instrumentClient(end);
    else manager.instrument(end);
    // Its own `connect` is called already: what stands before that now is there from the next connection on.
    if (low === end) markOf(low)?.connecting?.(low, transport);
  }

  /** Made before the first server, so that it knows of the HTTP request in which a factory makes that. */
  #create(options: TelemetryConfig): TelemetryManager {
    const { tracerProvider = trace.getTracerProvider(), ...rest } = this.#providers;
    return new TelemetryManager({ ...options, tracerProvider, ...rest });
  }

  #goOnWith(manager: TelemetryManager): void {
    const before = this.#manager;
    for (const each of this.#earlier) if (each.isShutdown) this.#earlier.delete(each);
    if (before !== undefined) {
      if (this.#isUsed) this.#earlier.add(before);
      else endAtOnce(before);
    }
    this.#manager = manager;
    this.#isUsed = false;
  }
}
