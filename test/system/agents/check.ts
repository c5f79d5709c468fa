import { isDeepStrictEqual } from 'node:util';
import { type Check, some } from '../../../tools/support/checks.ts';
import { type OtlpSink, startOtlpSink } from '../../../tools/support/otlp-sink.ts';
import { onceArrived } from '../../../tools/support/weather-recording.ts';
import type { Agent, Way } from './agents.ts';
import { type Over, type Stage, type Visit, visit } from './run.ts';
import { problemsWith } from './traces.ts';

/** An agent over each transport: bare, and in each way in which it can be observed. */
export async function checkAgent(title: string, agent: Agent, parts: Omit<Stage, 'otlp'>): Promise<Check[]> {
  const checks: Check[] = [];
  for (const over of ['stdio', 'http'] as const) {
    try {
      checks.push(...(await checkOver(`${title}, ${over}`, over, agent, parts)));
    } catch (error) {
      parts.signal.throwIfAborted();
      const found = error instanceof Error ? error.message : String(error);
      checks.push({ ok: false, name: `${title}, ${over}`, found });
    }
  }
  return checks;
}

/** All at once, for most of their time they wait. */
async function checkOver(
  title: string,
  over: Over,
  agent: Agent,
  parts: Omit<Stage, 'otlp'>,
): Promise<Check[]> {
  const ways = new Set<Way>(['bare', 'register', ...agent.ways]);
  const sinks = new Map<Way, OtlpSink>();
  for (const way of ways) sinks.set(way, await startOtlpSink());
  try {
    const visited = await Promise.all(
      [...sinks].map(async ([way, sink]) => {
        const seen = await visit(agent, over, way, { ...parts, otlp: sink.url });
        return { name: `${title}, ${way}`, way, sink, seen };
      }),
    );
    const [bare, ...observed] = visited;
    const checks: Check[] = [];
    for (const { name, way, sink, seen } of observed) {
      checks.push(compare(name, (bare as (typeof visited)[0]).seen, seen));
      checks.push(
        await checkTraces(name, agent.ways.some((each) => each === way) ? way : 'bare', seen, sink),
      );
    }
    return checks;
  } finally {
    await Promise.all([...sinks.values()].map((sink) => sink.close()));
  }
}

function compare(name: string, { answers: before }: Visit, { answers: after }: Visit): Check {
  const changed = Object.keys({ ...before, ...after })
    .filter((step) => !isDeepStrictEqual(before[step], after[step]))
    .map((step) => `${step}: ${JSON.stringify(after[step])} instead of ${JSON.stringify(before[step])}`);
  const found = some(changed) || `${Object.keys(after).length} calls`;
  return { ok: changed.length === 0, name: `${name}: answers as bare`, found };
}

/** @param way - how the client was reached; `bare` where it is out of reach */
async function checkTraces(name: string, way: Way, { stderr }: Visit, sink: OtlpSink): Promise<Check> {
  const said = stderr.split('\n').filter((line) => line.includes('mcp-sessionscope:'));
  const problems = await onceArrived(() => [...problemsWith(sink.spans, way), ...said]);
  const what =
    way === 'bare' ? 'its client is out of reach' : "one trace from the agent's span to the tool's own";
  return {
    ok: problems.length === 0,
    name: `${name}: ${what}`,
    found: some(problems) || `${sink.spans.length} spans`,
  };
}
