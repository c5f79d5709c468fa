import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { type Context, defaultTextMapSetter, type TextMapPropagator } from '@opentelemetry/api';
import { resolveConfig } from '../../sdk/config/resolve.ts';
import { guard } from '../../sdk/diagnostics/guard.ts';
import { logOnce } from '../../sdk/diagnostics/log.ts';
import { choosePropagator } from '../../sdk/export/propagator.ts';
import { type Passing, tellOf } from '../../sdk/passing.ts';
import { isRecord, isRequest } from '../../sdk/protocol/json-rpc.ts';
import { isSpecMethod } from '../../sdk/protocol/methods.ts';
import { TelemetryManager } from '../../sdk/telemetry-manager.ts';
import type { TelemetryConfig } from '../../sdk/types.ts';
import { destination } from '../destination.ts';
import { Introduction } from '../introduction.ts';
import { type ObservedConnection, observeConnection } from '../observed-connection.ts';
import type { Line } from './lines.ts';
import type { Side, TapReader } from './tap.ts';

/** What is recorded, and where. */
export interface Recording {
  /** `service.name`; `undefined`: what the server calls itself. */
  readonly name: string | undefined;
  /** What it is called until it has introduced itself. */
  readonly provisionalName: string;
  /** A folder; `undefined`: where the environment says, else the folder of the page. */
  readonly dir: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Members of `_meta`, by their names. */
export type Carrier = Record<string, string>;

const NOT_JSON = {
  client:
    'the client sent a line that is no JSON-RPC message: it was passed on as it is, and is not recorded; neither are further ones',
  server:
    'the server wrote a line on stdout that is no JSON-RPC message: it was passed on as it is, and is not recorded; neither are ' +
    'further ones. What a server has to say to people belongs on stderr',
} as const;

const TOO_LONG = 'a message is too long to be read: it was passed on as it is, and is not recorded';

/** Records one client on one stdio server as the SDK records a server of our own. */
export class StdioRecorder implements TapReader {
  readonly #manager: TelemetryManager;
  readonly #introduction: Introduction;
  readonly #connection: ObservedConnection;
  readonly #propagator: TextMapPropagator;
  /** Stands for the stdin of the server. */
  readonly #stdin = new EventEmitter();
  /** Of the newest line of the client, message by message. */
  #contexts: (Context | undefined)[] = [];

  constructor({ name, provisionalName, dir, env }: Recording) {
    const config: TelemetryConfig = {
      ...destination(env, dir === undefined ? undefined : resolve(dir)),
      serverName: name,
    };
    this.#manager = new TelemetryManager(config);
    this.#propagator = choosePropagator(resolveConfig(config, env, () => {}));
    this.#introduction = new Introduction(provisionalName);
    this.#connection = observeConnection(this.#manager, {
      introduction: this.#introduction,
      transport: { _stdin: this.#stdin },
    });
  }

  line(from: Side, { text, bytes, isWhole }: Line, at: number): void {
    const message = text === undefined ? undefined : parsed(text);
    const contexts = Array.isArray(message)
      ? message.map((each) => this.#message(from, each, { at, bytes: undefined }))
      : isRecord(message)
        ? [this.#message(from, message, { at, bytes })]
        : [];
    if (from === 'client') this.#contexts = contexts;
    if (text === undefined) logOnce(TOO_LONG);
    else if (isWhole && typeof message !== 'object' && text.trim() !== '') logOnce(NOT_JSON[from]);
  }

  ended(from: Side): void {
    guard('ending a connection', () => {
      if (from === 'client') this.#stdin.emit('end');
      // Requests that are open get no answer any more.
      else this.#connection.close();
    });
  }

  /** What `_meta` of the newest line of the client is to carry, message by message; told once. */
  takeCarriers(): (Carrier | undefined)[] {
    return this.#contexts.splice(0).map((context) => {
      if (context === undefined) return undefined;
      const carrier: Carrier = {};
      guard('the propagator', () => this.#propagator.inject(context, carrier, defaultTextMapSetter));
      return carrier;
    });
  }

  /** Exports what there is so far. */
  flush(): Promise<void> {
    return this.#manager.forceFlush();
  }

  /** Exports what there is; resolves at the latest after `shutdownTimeoutMs`. */
  async finish(): Promise<void> {
    this.#introduction.giveUp();
    await this.#manager.shutdown();
  }

  /** Returns the context that a message of the client is to carry. */
  #message(from: Side, message: unknown, passing: Passing): Context | undefined {
    return guard('recording a message', () =>
      tellOf(passing, () => (from === 'client' ? this.#fromClient(message) : this.#fromServer(message))),
    );
  }

  #fromClient(message: unknown): Context | undefined {
    const context = this.#connection.fromClient(message);
    return isRequest(message) && isSpecMethod(message.method) ? context : undefined;
  }

  /** A server that answers, and says nothing of itself, will not do so later. */
  #fromServer(message: unknown): undefined {
    this.#connection.fromServer(message);
    if (isRecord(message) && message['result'] !== undefined) this.#introduction.giveUp();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
