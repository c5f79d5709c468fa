import type { TextMapPropagator } from '@opentelemetry/api';
import type { InferredSessions } from '../session/inferred-sessions.ts';
import type { NamedSessions } from '../session/named-sessions.ts';
import type { SessionRegistry } from '../session/registry.ts';
import type { SessionIds } from '../session-ids.ts';
import type { Identity } from '../signals/attributes.ts';
import type { ClientSessions } from '../signals/client-sessions.ts';
import type { OperationSignals } from '../signals/operation-signals.ts';
import type { SessionSignals } from '../signals/session-signals.ts';
import type { Capture, Limits } from '../signals/signal-parts.ts';
import type { SessionKeyRequest } from '../types.ts';
import type { Trusts } from './trusted.ts';

/** The two clocks; injected, so that tests own the time. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** Milliseconds that never go back. */
  monotonic(): number;
}

/** Where the observer of a server comes from; the same object for all servers of a manager. */
export interface ObserverSource {
  /** False once the manager was shut down. */
  readonly active: boolean;
  /** Starts the SDK when it is first called. */
  open(): Observer;
}

/** What a connection needs of its manager. */
export interface Observer {
  readonly clock: Clock;
  /** False once the manager was shut down: nothing is observed any more. */
  readonly active: boolean;
  readonly registry: SessionRegistry;
  readonly inferred: InferredSessions;
  /** Sessions of conversations, by the conversation and who names it. */
  readonly conversations: NamedSessions;
  /** The newest session of each protocol id that is not unique. */
  readonly protocolSessions: NamedSessions;
  readonly ids: SessionIds;
  readonly operations: OperationSignals;
  readonly sessions: SessionSignals;
  readonly propagator: TextMapPropagator;
  readonly limits: Limits;
  readonly capture: Capture;
  readonly inferSessions: boolean;
  /** Whether the word of a proxy counts. */
  readonly trustProxy: Trusts;
  /** Whether it is read from requests which conversation they belong to. */
  readonly readConversationIds: boolean;
  /** Whether requests to the client carry the trace context. */
  readonly propagateToClient: boolean;
  /** Whether requests to the server do. */
  readonly propagateToServer: boolean;
  readonly identity: Identity;
  /** The connections of clients that are open. */
  readonly clientSessions: ClientSessions;
  /** Whether the application's spans go elsewhere, and do not hang below ours. */
  readonly apart: boolean;
  /** The user's hooks; one that throws counts as one that knows nothing. */
  sessionKey(received: { forHook(): SessionKeyRequest }): string | undefined;
  identifyUser(authInfo: unknown): string | undefined;
  /** Called when the client of a stdio server has gone, after its session ended. */
  stdinEnded(): void;
}
