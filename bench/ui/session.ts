import type { Random } from './random.ts';

export interface MadeSpan {
  readonly endMs: number;
  /** Another instrumentation recorded it. */
  readonly isForeign: boolean;
  readonly isReport: boolean;
  /** In OTLP JSON. */
  readonly json: object;
}

type Attributes = Record<string, string | number | readonly string[]>;

interface Session {
  readonly random: Random;
  readonly id: string;
  readonly traceId: string;
  readonly startMs: number;
  readonly client: string;
  readonly version: string;
  readonly isForeign: boolean;
  readonly used: Set<string>;
  calls: number;
  errors: number;
}

const TOOLS = Array.from({ length: 30 }, (_, i) => `tool_${String(i).padStart(2, '0')}`);
const CLIENTS = ['code-studio', 'canvas', 'chat-ui', 'terminal', 'notebook', 'review-bot', 'desk'];
const PROCESS = '7d8c3f52-0000-4000-8000-000000004711';
const GAP_MS = 9_000;

/**
 * What one client does: it initializes, lists the tools, calls some of them, some calls fail, and most sessions end.
 *
 * @param isForeign - another instrumentation records it
 */
export function sessionSpans(
  random: Random,
  number: number,
  count: number,
  startMs: number,
  isForeign = false,
): MadeSpan[] {
  const session: Session = {
    random,
    id: `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`,
    traceId: random.hex(32),
    startMs,
    client: random.of(CLIENTS),
    version: `${random.below(3)}.${random.below(10)}`,
    isForeign,
    used: new Set(),
    calls: 0,
    errors: 0,
  };
  const spans = [reportSpan(session, 'start', 0, startMs)];
  const add = (method: string, atMs: number, more?: Attributes) =>
    spans.push(messageSpan(session, method, atMs, more));
  add('initialize', startMs + 1);
  add('notifications/initialized', startMs + 5);
  add('tools/list', startMs + 20, { 'mcp.tools.count': TOOLS.length, 'mcp.tools.names': TOOLS.join(', ') });
  let at = startMs + 1_000;
  const calls = count - 6;
  for (let i = 0; i < calls; i += 1) {
    spans.push(callSpan(session, at));
    at += random.below(GAP_MS);
    if (i === calls >> 1) spans.push(reportSpan(session, 'update', 1, at));
  }
  // Some processes are killed.
  spans.push(number % 50 === 0 ? callSpan(session, at) : reportSpan(session, 'end', 2, at));
  return session.isForeign ? spans.filter(({ isReport }) => !isReport) : spans;
}

function reportSpan(session: Session, event: string, seq: number, atMs: number): MadeSpan {
  const tools = [...session.used];
  return spanOf(session, `mcp.session ${event}`, 1, atMs, 0, {
    'mcp.client.session.event': event,
    'mcp.client.session.seq': seq,
    'mcp.client.session.status': event === 'end' ? 'ended' : 'active',
    ...(event === 'end' && { 'mcp.client.session.end_reason': 'transport_close' }),
    'mcp.client.session.start_unix_ms': session.startMs,
    'mcp.client.session.duration_ms': atMs - session.startMs,
    'mcp.client.session.calls': session.calls,
    'mcp.client.session.errors': session.errors,
    'mcp.client.session.tools': tools.join(', '),
    'mcp.client.session.tools_list': tools,
  });
}

function callSpan(session: Session, atMs: number): MadeSpan {
  const { random } = session;
  const tool = random.of(TOOLS);
  const isFailed = random.share() < 0.03;
  session.used.add(tool);
  if (isFailed) session.errors += 1;
  const more: Attributes = {
    'gen_ai.tool.name': tool,
    'mcp.tool.name': tool,
    'gen_ai.operation.name': 'execute_tool',
    ...(isFailed && { 'error.type': random.of(['tool_error', 'TypeError', 'TimeoutError']) }),
  };
  return messageSpan(session, 'tools/call', atMs, more, isFailed ? messageOf(random) : undefined, tool);
}

/** As errors are: many say the same but for a number or an id. */
function messageOf(random: Random): string {
  const [number, id] = [random.below(100_000), random.hex(12)];
  return random.of([
    'card declined',
    'upstream timed out after 30000 ms',
    `order ${number} was not found`,
    `connect ECONNREFUSED 10.0.0.7:${number}`,
    `could not read /var/lib/bench/${id}/state.json: no such file or directory`,
  ]);
}

function messageSpan(
  session: Session,
  method: string,
  atMs: number,
  more: Attributes = {},
  message: string | undefined = undefined,
  tool = '',
): MadeSpan {
  const { random } = session;
  const isRequest = !method.startsWith('notifications/');
  if (isRequest) session.calls += 1;
  const latencyMs = isRequest ? Math.round(-Math.log(1 - random.share()) * 80_000) / 1_000 : 0.2;
  const name = tool === '' ? method : `${method} ${tool}`;
  const attributes: Attributes = {
    'mcp.method.name': method,
    ...(isRequest && {
      'mcp.request.id': `${random.hex(8)}-0000-4000-8000-${random.hex(12)}`,
      'jsonrpc.request.id': String(session.calls),
    }),
    ...more,
    'network.protocol.name': 'http',
    'client.address': '127.0.0.1',
  };
  const status = message === undefined ? { code: 0 } : { code: 2, message };
  return spanOf(session, name, 2, atMs, latencyMs, attributes, status);
}

function spanOf(
  { random, id, traceId, client, version, isForeign }: Session,
  name: string,
  kind: number,
  atMs: number,
  latencyMs: number,
  attributes: Attributes,
  status: object = { code: 0 },
): MadeSpan {
  const endMs = atMs + latencyMs;
  const ids: Attributes = isForeign
    ? { 'mcp.session.id': id }
    : {
        'mcp.session.id': PROCESS,
        'mcp.client.session.id': id,
        'mcp.client.session.source': 'protocol',
      };
  const common: Attributes = {
    ...ids,
    'mcp.client.name': client,
    'mcp.client.version': version,
    'mcp.protocol.version': '2025-11-25',
    'network.transport': 'tcp',
  };
  const json = {
    traceId,
    spanId: random.hex(16),
    name,
    kind,
    startTimeUnixNano: nanos(atMs),
    endTimeUnixNano: nanos(endMs),
    attributes: Object.entries({ ...common, ...attributes }).map(([key, value]) => ({
      key,
      value: otlpValue(value),
    })),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    status,
    links: [],
    droppedLinksCount: 0,
    flags: 257,
  };
  return { endMs, isForeign, isReport: 'mcp.client.session.event' in attributes, json };
}

function nanos(ms: number): string {
  const whole = Math.floor(ms);
  return `${whole}${String(Math.round((ms - whole) * 1e6)).padStart(6, '0')}`;
}

function otlpValue(value: string | number | readonly string[]): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { intValue: value };
  return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } };
}
