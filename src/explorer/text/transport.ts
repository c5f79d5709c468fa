import { lookUp } from './look-up.ts';

/** By `network.transport`: the words that MCP has for them, and plain ones for the others. */
const WORDS: Readonly<Record<string, string>> = {
  tcp: 'HTTP',
  pipe: 'stdio',
  quic: 'HTTP/3',
  udp: 'UDP',
  unix: 'Unix socket',
  inproc: 'in-memory',
};

/** What a session goes over, for people. */
export interface Transported {
  readonly transport?: string | undefined;
  readonly source?: string | undefined;
  readonly sender?: string | undefined;
}

/** `HTTP`, `stdio` …; `undefined` where it is not known. */
export function transportText({ transport, source, sender }: Transported): string | undefined {
  if (transport !== undefined) return lookUp(WORDS, transport) ?? transport;
  // This package records all but what never leaves the process, and what it does not know.
  return source === 'connection' && sender === undefined ? 'in-memory, or of its own kind' : undefined;
}
