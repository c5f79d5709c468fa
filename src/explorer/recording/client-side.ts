import {
  ATTR_MCP_CLIENT_CONNECTION_ID,
  ATTR_MCP_CLIENT_NAME,
  ATTR_MCP_CLIENT_SESSION_ID,
  ATTR_MCP_SERVER_NAME,
  ERROR_TYPE_CANCELLED,
} from '../../sdk/signals/semconv.ts';
import type { AttributeValue, SpanKind } from './attributes.ts';
import type { Scope } from './foreign/adapt.ts';

/** What tells that an instrumented client recorded a span, and of which connection. */
export interface ClientSide {
  readonly connection: string;
  /** Name of the client's service. */
  readonly client: string;
  /** What the server calls itself; absent while it has not been heard of. */
  readonly server: string | undefined;
  /** It is a span of an agent's library, which got what the client would say: it lasts for as long as that library's work. */
  readonly isEnriched: boolean;
}

/** The source of a session that only a client recorded: one connection of its. */
export const SOURCE_CLIENT = 'client';

const UNKNOWN = 'unknown';

/** `undefined`: a span of a server, or of neither. */
export function clientSideOf(
  get: (key: string) => AttributeValue | undefined,
  { serviceName, scope, isOwn }: Scope & { readonly serviceName: string | undefined },
): ClientSide | undefined {
  const connection = textOf(get(ATTR_MCP_CLIENT_CONNECTION_ID));
  if (connection === undefined || get(ATTR_MCP_CLIENT_SESSION_ID) !== undefined) return undefined;
  const client = textOf(serviceName) ?? textOf(get(ATTR_MCP_CLIENT_NAME)) ?? UNKNOWN;
  const isEnriched = scope !== undefined && isOwn !== true;
  return { connection, client, server: textOf(get(ATTR_MCP_SERVER_NAME)), isEnriched };
}

/** Whether a client's span tells of a failure, whatever its status: that of an agent's library keeps the one that it has. */
export function isFailedForClient(side: ClientSide | undefined, errorType: unknown): boolean {
  const type = side === undefined ? undefined : textOf(errorType);
  return type !== undefined && type !== ERROR_TYPE_CANCELLED;
}

/** The kind that the span of the other side has: all that reads sessions reads what servers record. */
export function turned(kind: SpanKind): SpanKind {
  // A span of an agent's library that was taken for ours may have any kind.
  return kind === 'server' ? 'client' : 'server';
}

/** The sessions that requests of one connection are found to be of, and when they were: most often it is one session. */
export class PairedSessions<S> {
  readonly #pairs: { readonly ms: number; readonly session: S }[];
  #isSorted = true;

  /** @param known - of whatever time */
  constructor(known: readonly S[] = []) {
    this.#pairs = known.map((session) => ({ ms: 0, session }));
  }

  add(ms: number, session: S): void {
    this.#pairs.push({ ms, session });
    this.#isSorted = false;
  }

  /** That of the request before, else of the first. */
  at(ms: number): S | undefined {
    if (!this.#isSorted) this.#pairs.sort((a, b) => a.ms - b.ms);
    this.#isSorted = true;
    let low = 0;
    let high = this.#pairs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#pairs[middle]!.ms <= ms) low = middle + 1;
      else high = middle;
    }
    return this.#pairs[Math.max(0, low - 1)]?.session;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
