import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import {
  InstrumentationBase,
  type InstrumentationNodeModuleDefinition,
} from '@opentelemetry/instrumentation';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../sdk/version.ts';
import { type McpInstrumentationConfig, optionsOf } from './config.ts';
import { Connects } from './connects.ts';
import { definitionsOf, endsIn } from './modules.ts';
import { Observation } from './observation.ts';
import { watchRequired } from './required.ts';

/**
 * Observes the MCP servers and clients of a process as an OpenTelemetry instrumentation, for applications whose tracing starts with
 * `new NodeSDK({ instrumentations: [new McpInstrumentation()] })` or `registerInstrumentations`: the spans and metrics of
 * `instrumentServer` and `instrumentClient`, made with the application's own providers, which stay the application's.
 *
 * They are found when their SDK is loaded: `@modelcontextprotocol/sdk` from 1.15 on, `@modelcontextprotocol/server` and
 * `@modelcontextprotocol/client` 2.x, as CommonJS by itself, as ESM through OpenTelemetry's loader hook. One that the
 * application instruments by itself, before it connects, stays with its manager.
 */
export class McpInstrumentation extends InstrumentationBase<McpInstrumentationConfig> {
  readonly #observation = new Observation();
  readonly #connects = new Connects((end, transport) => this.#observation.observe(end, transport));
  #stopWatching: (() => void) | undefined;

  /**
   * @param config see {@link McpInstrumentationConfig}; all of it is optional.
   * @throws TypeError for a wrong option, and for one that the application's SDK decides.
   */
  constructor(config: McpInstrumentationConfig = {}) {
    // The base class would begin before there are fields.
    super(PACKAGE_NAME, PACKAGE_VERSION, { enabled: false });
    this.setConfig(config);
    if (config.enabled !== false) this.enable();
  }

  /**
   * Holds for servers and clients that connect from now on; those that are connected keep the configuration that they have.
   *
   * @throws TypeError for a wrong option, and for one that the application's SDK decides; nothing is changed then.
   */
  override setConfig(config: McpInstrumentationConfig = {}): void {
    // The constructor of the base class calls this, too.
    if (#observation in this) this.#observation.configure(optionsOf(config));
    super.setConfig(config);
  }

  /** For servers that connect from now on. `registerInstrumentations` and `NodeSDK` call it. */
  override setTracerProvider(tracerProvider: TracerProvider): void {
    super.setTracerProvider(tracerProvider);
    this.#observation.provide({ tracerProvider });
  }

  /** For servers that connect from now on. `registerInstrumentations` and `NodeSDK` call it. */
  override setMeterProvider(meterProvider: MeterProvider): void {
    super.setMeterProvider(meterProvider);
    this.#observation.provide({ meterProvider });
  }

  /** Observes servers and clients that connect from now on. */
  override enable(): void {
    this.#observation.begin();
    this.#connects.on();
    this.#stopWatching ??= watchRequired((exports) => this.#found(exports));
    super.enable();
  }

  /**
   * Ends the open client sessions and observes nothing any more; who is connected goes on. All is recorded when this
   * returns, and a flush of the providers has begun. The same happens by itself before the application shuts one of the
   * providers down, as `NodeSDK.shutdown()` does.
   */
  override disable(): void {
    super.disable();
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#connects.off();
    this.#observation.end();
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    return definitionsOf((exports) => this.#found(exports));
  }

  #found(exports: unknown): void {
    for (const prototype of endsIn(exports)) this.#connects.add(prototype);
  }
}
