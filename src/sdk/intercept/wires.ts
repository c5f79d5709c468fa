import type { Wire } from '../operation/operation.ts';
import type { TransportKind } from './shapes.ts';

const UNKNOWN: Wire = {
  networkTransport: undefined,
  networkProtocolName: undefined,
  networkProtocolVersion: undefined,
};

const WIRES: Readonly<Record<TransportKind, Wire>> = {
  stdio: { ...UNKNOWN, networkTransport: 'pipe' },
  http: httpWire(undefined),
  'in-memory': UNKNOWN,
  other: UNKNOWN,
};

/** By Node's `httpVersion`; the conventions name HTTP/2 without its minor version. */
const HTTP_WIRES: ReadonlyMap<string | undefined, Wire> = new Map([
  ['1.0', httpWire('1.0')],
  ['1.1', httpWire('1.1')],
  ['2.0', httpWire('2')],
]);

/** What is said of a message that came, or goes, over a transport of this kind; `httpVersion` where it is known. */
export function wireFor(kind: TransportKind, httpVersion: string | undefined): Wire {
  return (kind === 'http' ? HTTP_WIRES.get(httpVersion) : undefined) ?? WIRES[kind];
}

function httpWire(networkProtocolVersion: string | undefined): Wire {
  return { networkTransport: 'tcp', networkProtocolName: 'http', networkProtocolVersion };
}
