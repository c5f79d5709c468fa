import type { Span } from '@opentelemetry/api';
import type { Operation } from '../operation/operation.ts';
import { isRecord } from '../protocol/json-rpc.ts';

/** How an instrumentation of agents tells of the execution of a tool. */
interface ToolSpan {
  /** The attribute that says that a span is one, and what it says. */
  readonly marked: readonly [attribute: string, value: string];
  /** The attributes that can hold the name of the tool. */
  readonly named: readonly string[];
}

/**
 * The spans of agents' libraries that stand for the execution of a tool.
 *
 * GenAI conventions (execute_tool): also Vercel AI SDK 7, Mastra, Sentry, Microsoft's Agent Framework.
 * Vercel AI SDK 4 to 6: `ai.toolCall`, telemetry reference of the AI SDK. OpenInference (LangChain and others): semantic
 * conventions, "Tool". Traceloop's OpenLLMetry: `traceloop.*` semantic conventions.
 */
const TOOL_SPANS: readonly ToolSpan[] = [
  { marked: ['gen_ai.operation.name', 'execute_tool'], named: ['gen_ai.tool.name'] },
  { marked: ['ai.operationId', 'ai.toolCall'], named: ['ai.toolCall.name'] },
  { marked: ['openinference.span.kind', 'TOOL'], named: ['tool.name'] },
  { marked: ['traceloop.span.kind', 'tool'], named: ['traceloop.entity.name'] },
];

/** The name of such a span by the GenAI conventions: `execute_tool get_weather`. */
const NAMED = /^execute_tool (.+)$/;

/** Spans that stand for a call already. An agent's tool may call the server again. */
const taken = new WeakSet<Span>();

/** The open span of another instrumentation that stands for the call of the same tool; once. */
export function toolSpanFor({ method, subject }: Operation, span: Span | undefined): Span | undefined {
  if (method !== 'tools/call' || subject === undefined || span?.isRecording() !== true) return undefined;
  if (taken.has(span) || toolOf(span) !== subject.value) return undefined;
  taken.add(span);
  return span;
}

/** As the SDKs keep it: the API does not show what a span says. */
function toolOf(span: Span): string | undefined {
  const { name, attributes } = span as { name?: unknown; attributes?: unknown };
  const said = isRecord(attributes) ? attributes : {};
  for (const { marked, named } of TOOL_SPANS) {
    if (said[marked[0]] !== marked[1]) continue;
    const tool = named.map((attribute) => said[attribute]).find((value) => typeof value === 'string');
    if (tool !== undefined) return tool as string;
  }
  return typeof name === 'string' ? NAMED.exec(name)?.[1] : undefined;
}
