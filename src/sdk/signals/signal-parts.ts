import type { Attributes, Tracer } from '@opentelemetry/api';
import { processWide } from '../process-wide.ts';
import type { Identity } from './attributes.ts';
import type { Instruments } from './instruments.ts';
import { Limiter } from './limiter.ts';
import type { OpenRequests } from './open-requests.ts';

/** What all signals of one manager are made with. */
export interface SignalParts {
  identity: Identity;
  tracer: Tracer;
  instruments: Instruments;
  /** Undefined where no data point can arrive anywhere. */
  openRequests: OpenRequests | undefined;
  /** Whether spans, or data points, can arrive anywhere; where not, none are made. */
  enabled: { spans: boolean; metrics: boolean };
  capture: Capture;
  /** What is recorded of a text that tells why something failed; undefined where none is. */
  errorText: ((text: string) => string) | undefined;
  /** Whether arguments of tools and prompts, and results of tools, are recorded. */
  collect: { arguments: boolean; results: boolean };
  /** Whether exceptions become events of their spans. */
  exceptionEvents: boolean;
  /** Whether the URI of a resource stands in the names of its spans. */
  resourceUriInSpanName: boolean;
  /** Runs the data processors over an attribute set. */
  process: (attributes: Attributes) => Attributes;
  limits: Limits;
}

/** Redacts and cuts what is recorded of a message. */
export interface Capture {
  json(value: unknown): string;
  text(value: string): string;
  /** A name or an id that another chose. */
  label(text: string): string;
  attributes<T extends object>(attributes: T): T;
}

/** How many distinct values an attribute may have in one process. */
export interface Limits {
  tool: Limiter;
  prompt: Limiter;
  clientName: Limiter;
  protocolVersion: Limiter;
  errorType: Limiter;
  exceptionType: Limiter;
  statusCode: Limiter;
  method: Limiter;
  serverAddress: Limiter;
}

export function createLimits(): Limits {
  return {
    tool: new Limiter(1_000),
    prompt: new Limiter(1_000),
    clientName: processWide('client-names', () => new Limiter(100)),
    protocolVersion: new Limiter(20),
    errorType: new Limiter(100, asItIs),
    exceptionType: processWide('exception-types', () => new Limiter(100, asItIs)),
    statusCode: new Limiter(100),
    method: new Limiter(100),
    serverAddress: new Limiter(100, asItIs),
  };
}

/** Cut already. */
function asItIs(value: string): string {
  return value;
}
