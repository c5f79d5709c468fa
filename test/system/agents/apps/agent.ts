/**
 * An agent whose author knows OpenTelemetry and nothing of MCP's: it has a span of its own around each of its steps. What it
 * was answered goes to stdout, as one line of JSON.
 */
import { SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Connected, Target } from './connected.js';

/** What the agent is to do. */
interface Job {
  /** Where its spans go. */
  otlp: string;
  /** A file beside this one. */
  library: string;
  target: Target;
  /** Whether the author calls `instrumentClient`. */
  isInstrumented: boolean;
  steps: { name: string; tool: string; args: Record<string, unknown>; attributes: Record<string, string> }[];
}

const job: Job = JSON.parse(process.env['AGENT_JOB'] ?? '');
const exporter = new OTLPTraceExporter({ url: `${job.otlp}/v1/traces` });
const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
provider.register();
const tracer = trace.getTracer('agent');

const { connect }: { connect(target: Target): Promise<Connected> } = await import(`./${job.library}.js`);
const answers: Record<string, unknown> = {};
const connected = await connect(job.target);
if (job.isInstrumented) {
  const { instrumentClient } = await import('mcp-sessionscope');
  instrumentClient(connected.client as object);
}
for (const { name, tool, args, attributes } of job.steps) {
  answers[name] = await tracer.startActiveSpan(
    name,
    { kind: SpanKind.INTERNAL, attributes },
    async (span) => {
      const answer = await answerOf(() => connected.call(tool, args));
      span.end();
      return answer;
    },
  );
}
await connected.close();
await provider.shutdown();
process.stdout.write(`${JSON.stringify(answers)}\n`);

async function answerOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const { name, message, code } = error as Error & { code?: unknown };
    return { thrown: { name, message, code } };
  }
}
