import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type ReceivedSpan, readSpans } from '../../../tools/support/otlp-sink.ts';
import { CLIENT, type Counted, total } from './visit.ts';

/** What was found, and what it must be. */
type Fact = [what: string, found: unknown, expected: unknown];

/** The spans of a folder that the file exporter filled; none where it is not there. */
export async function spansIn(folder: string): Promise<ReceivedSpan[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.traces.jsonl'));
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n').filter((line) => line !== ''))
    .flatMap((line) => readSpans(JSON.parse(line)));
}

/** What is wrong with the recording of one client's visits: nothing, if it tells what the client counted. */
export function problemsWith(spans: readonly ReceivedSpan[], counted: Counted): string[] {
  const requests = spans.filter(
    ({ attributes }) => 'mcp.request.id' in attributes && 'mcp.method.name' in attributes,
  );
  const facts = [...requestFacts(requests, counted), ...sessionFacts(spans, requests, counted)];
  return facts
    .filter(([, found, expected]) => found !== expected)
    .map(([what, found, expected]) => `${what}: ${String(found)} instead of ${String(expected)}`);
}

/** The calls that its sessions tell. */
export function callsIn(spans: readonly ReceivedSpan[]): number {
  return newestOf(spans).reduce((sum, span) => sum + Number(of(span, 'calls')), 0);
}

function requestFacts(requests: readonly ReceivedSpan[], counted: Counted): Fact[] {
  const methods = new Map<unknown, number>();
  for (const { attributes } of requests) {
    const method = attributes['mcp.method.name'];
    methods.set(method, (methods.get(method) ?? 0) + 1);
  }
  return [...new Set([...methods.keys(), ...counted.requests.keys()])].map((method) => [
    `spans of ${method}`,
    methods.get(method) ?? 0,
    counted.requests.get(String(method)) ?? 0,
  ]);
}

function sessionFacts(
  spans: readonly ReceivedSpan[],
  requests: readonly ReceivedSpan[],
  counted: Counted,
): Fact[] {
  const sessions = newestOf(spans);
  const ids = new Set(sessions.map(idOf));
  // The client of v2 asks a process of its own, which it then ends, what the server speaks: most was asked of the other.
  const [main] = sessions.toSorted((one, other) => Number(of(other, 'calls')) - Number(of(one, 'calls')));
  return [
    ['calls of its sessions', callsIn(spans), total(counted)],
    [
      'errors of its sessions',
      sessions.reduce((sum, span) => sum + Number(of(span, 'errors')), 0),
      counted.errors,
    ],
    ['tools of its session', of(main, 'tools'), counted.tools.join(', ')],
    ['requests of no session', requests.filter((span) => !ids.has(idOf(span))).length, 0],
    ...sessions.flatMap((span): Fact[] => [
      ['status of its session', of(span, 'status'), 'ended'],
      ['name of its client', span.attributes['mcp.client.name'], CLIENT.name],
      ['version of its client', span.attributes['mcp.client.version'], CLIENT.version],
    ]),
  ];
}

/** The newest span of each session: what it says counts. */
function newestOf(spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  const newest = new Map<unknown, ReceivedSpan>();
  for (const span of spans.filter(({ name }) => name.startsWith('mcp.session '))) {
    const known = newest.get(idOf(span));
    if (known === undefined || seqOf(span) > seqOf(known)) newest.set(idOf(span), span);
  }
  return [...newest.values()];
}

function of(span: ReceivedSpan | undefined, name: string): unknown {
  return span?.attributes[`mcp.client.session.${name}`];
}

function idOf({ attributes }: ReceivedSpan): unknown {
  return attributes['mcp.client.session.id'];
}

function seqOf({ attributes }: ReceivedSpan): number {
  return Number(attributes['mcp.client.session.seq']);
}
