import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Plugin } from 'esbuild';
import { call, initialize, initialized } from '../process/support.ts';
import { ensureBuilt } from '../support/built.ts';
import { killChildren } from '../support/child.ts';
import type { RecordingFolder } from '../support/recorded.ts';
import { bundle, serverText, spanNames, visitBoth } from './support.ts';

beforeAll(ensureBuilt, 60_000);

let recording: RecordingFolder | undefined;
afterEach(() => {
  killChildren();
  recording?.remove();
});

/** The application's copy of the API is of another version than ours. */
const anotherVersion: Plugin = {
  name: 'another-version',
  setup: ({ onLoad }) =>
    onLoad({ filter: /@opentelemetry[\\/]api[\\/]build[\\/].*[\\/]version\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/(?<=VERSION = ')1\.\d+\.\d+/, '1.4.1'),
      loader: 'js',
    })),
};

const START =
  'new NodeTracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor(own)] }).register();';

/** A server with spans of its own, which it answers with. Where it starts its OpenTelemetry is for the test to say. */
const program = (before: string, inTool: string, ratio = 1): string => `
  import { trace } from '@opentelemetry/api';
  import {
    InMemorySpanExporter, NodeTracerProvider, ParentBasedSampler, SimpleSpanProcessor, TraceIdRatioBasedSampler,
  } from '@opentelemetry/sdk-trace-node';
  const own = new InMemorySpanExporter();
  const sampler = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(${ratio}) });
  let started = false;
  ${serverText(
    'v1',
    `server.registerTool('own', {}, async () => {
      ${inTool}
      started = true;
      trace.getTracer('own').startActiveSpan('outer', (outer) => {
        trace.getTracer('own').startSpan('inner').end();
        outer.end();
      });
      const spans = own.getFinishedSpans().map(({ name, parentSpanContext }) => name + (parentSpanContext ? ' child' : ' root'));
      return { content: [{ type: 'text', text: 'spans: ' + spans.join(', ') }] };
    });
    ${before}`,
  )}`;

const MESSAGES = [initialize, initialized, call(1, 'own'), call(2, 'own')];
const ONCE = 'inner child, outer root';
const RECORDED = [
  'initialize',
  'mcp.session end',
  'mcp.session start',
  'notifications/initialized',
  'tools/call own',
  'tools/call own',
];

// Our context manager, set at the first connection, took the registry of the API for the version of our copy.
test.each([
  ['the version that we have', []],
  ['another version', [anotherVersion]],
])('an application that starts OpenTelemetry of %s in a tool has all its spans', async (_, plugins) => {
  const path = await bundle(program('', `if (!started) ${START}`), { format: 'cjs', plugins });
  const both = await visitBoth(path, { messages: MESSAGES, answers: 3 });
  recording = both.recording;
  expect(both.bare.stdout).toContain(`"spans: ${ONCE}, ${ONCE}"`);
  expect(both.observed).toEqual(both.bare);
  expect(spanNames(recording)).toEqual(RECORDED);
});

// Our span, which is sampled and goes elsewhere, was the parent of the application's.
test.each([
  ['keeps none', 0, ''],
  ['keeps all', 1, `${ONCE}, ${ONCE}`],
])('where files are named, an application that %s of its spans goes on so', async (_, ratio, spans) => {
  const path = await bundle(program(START, '', ratio), { format: 'cjs' });
  const both = await visitBoth(path, { messages: MESSAGES, answers: 3 });
  recording = both.recording;
  expect(both.bare.stdout).toContain(`"spans: ${spans}"`);
  expect(both.observed.stdout).toBe(both.bare.stdout);
  expect(both.observed.stderr).toMatch(
    /^mcp-sessionscope: traces .* not to the provider that the application registered\n$/,
  );
  expect(spanNames(recording)).toEqual(RECORDED);
});

test('files that are named need nothing of providers in another version of the API: nothing is said', async () => {
  const path = await bundle(program(START, ''), { format: 'cjs', plugins: [anotherVersion] });
  const both = await visitBoth(path, { messages: MESSAGES, answers: 3 });
  recording = both.recording;
  expect(both.observed).toEqual(both.bare);
  expect(spanNames(recording)).toEqual(RECORDED);
});
