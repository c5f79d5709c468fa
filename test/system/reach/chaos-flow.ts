import { type Random, randomFrom } from '../../../bench/ui/random.ts';
import { CLIENT } from './visit.ts';

/** What one side writes; the same for the same values, in whichever process. */
export interface Flow {
  readonly seed: number;
  /** Lines of all kinds. */
  readonly lines: number;
  /** After them, lines of this many bytes: a message, and one that is no JSON. */
  readonly large?: number;
  /** After them, this many bytes of messages. */
  readonly flood?: number;
  /** The last line has no end. */
  readonly isCutOff?: true;
}

/** What is written, in chunks that end anywhere: between the bytes of a character too. */
export function* chunksOf(flow: Flow, side: 'client' | 'server'): Generator<Buffer> {
  const random = randomFrom(flow.seed * 2 + (side === 'client' ? 1 : 2));
  for (const line of linesOf(flow, side, random)) {
    for (let at = 0; at < line.length; ) {
      const size = random.below(4) === 0 ? 1 + random.below(7) : 1 + random.below(200_000);
      yield line.subarray(at, at + size);
      at += size;
    }
  }
}

/** How many requests the client of a flow makes. */
export function requestsIn(flow: Flow): number {
  let count = 1;
  for (let index = 0; index < flow.lines; index += 1) if (kindAt(index) === 'request') count += 1;
  return count + floodLines(flow);
}

const KINDS = ['request', 'notification', 'answer', 'noise'] as const;
const FLOOD_LINE = 64 * 1024;
const WORDS = ['Tromsø', '北京', '🛰️', 'e\u0301', '"quoted"', '\\', '\u2028', 'plain', '\u0000'];
const NOISE: readonly Buffer[] = [
  Buffer.from(''),
  Buffer.from('Server started on stdio'),
  Buffer.from('{"jsonrpc":"2.0","id":1,'),
  Buffer.from('\ufeff{}'),
  Buffer.from('[1,2,3]'),
  Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]),
  Buffer.from('\u001b[32mok\u001b[0m'),
];

function* linesOf(flow: Flow, side: 'client' | 'server', random: Random): Generator<Buffer> {
  yield ended(side === 'client' ? INITIALIZE : INITIALIZED, '\n');
  for (let index = 0; index < flow.lines; index += 1) {
    const end = random.below(8) === 0 ? '\r\n' : '\n';
    const kind = kindAt(index);
    yield ended(kind === 'noise' ? random.of(NOISE) : messageOf(kind, index, textFrom(random)), end);
  }
  for (let index = 0; index < floodLines(flow); index += 1)
    yield ended(
      messageOf(side === 'client' ? 'request' : 'answer', flow.lines + index, 'x'.repeat(FLOOD_LINE)),
      '\n',
    );
  if (flow.large !== undefined) {
    yield ended(messageOf('notification', 0, 'ö'.repeat(flow.large / 2)), '\n');
    yield ended(Buffer.alloc(flow.large, 'no JSON '), '\n');
  }
  if (flow.isCutOff) yield messageOf('notification', 0, 'half').subarray(0, -20);
}

const INITIALIZE = message({
  id: 'first',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: CLIENT },
});
const INITIALIZED = message({
  id: 'first',
  result: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'chaos', version: '1.0.0' },
  },
});

function kindAt(index: number): (typeof KINDS)[number] {
  return KINDS[index % KINDS.length] as (typeof KINDS)[number];
}

function floodLines({ flood = 0 }: Flow): number {
  return Math.ceil(flood / FLOOD_LINE);
}

function messageOf(kind: 'request' | 'notification' | 'answer', id: number, text: string): Buffer {
  if (kind === 'answer') return message({ id, result: { content: [{ type: 'text', text }] } });
  if (kind === 'notification') return message({ method: 'notifications/message', params: { text } });
  return message({ id, method: 'tools/call', params: { name: 'echo', arguments: { text } } });
}

function message(fields: object): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...fields }));
}

function ended(line: Buffer, end: string): Buffer {
  return Buffer.concat([line, Buffer.from(end)]);
}

function textFrom(random: Random): string {
  const words = Array.from({ length: 1 + random.below(40) }, () => random.of(WORDS));
  return words.join(' ').repeat(random.below(20) === 0 ? 300 : 1);
}
