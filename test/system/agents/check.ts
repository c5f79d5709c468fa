import { isDeepStrictEqual } from 'node:util';
import { type Check, some } from '../../../tools/support/checks.ts';
import { type OtlpSink, startOtlpSink } from '../../../tools/support/otlp-sink.ts';
import { onceArrived } from '../../../tools/support/weather-recording.ts';
import type { Agent, Way } from './agents.ts';
import { type Over, type Stage, type Visit, visit } from './run.ts';
import { problemsWith } from './traces.ts';

/** An agent over each transport: bare, and in each way in which it can be observed. */
export async function checkAgent(title: string, agent: Agent, stage: Omit<Stage, 'otlp'>): Promise<Check[]> {
  const overs = ['stdio', 'http'] as const;
  return (await Promise.all(overs.map((over) => checkOver(title, over, agent, stage)))).flat();
}

async function checkOver(
  title: string,
  over: Over,
  agent: Agent,
  parts: Omit<Stage, 'otlp'>,
): Promise<Check[]> {
  const sink = await startOtlpSink();
  const stage = { ...parts, otlp: sink.url };
  const checks: Check[] = [];
  try {
    const bare = await visit(agent, over, 'bare', stage);
    for (const way of ['register', 'instrumentClient'] as const) {
      stage.signal.throwIfAborted();
      if (way === 'instrumentClient' && !agent.ways.includes(way)) continue;
      sink.clear();
      const seen = await visit(agent, over, way, stage);
      const name = `${title}, ${over}, ${way}`;
      checks.push(compare(name, bare, seen));
      checks.push(await checkTraces(name, agent.ways.includes(way) ? way : 'bare', seen, sink));
    }
  } catch (error) {
    stage.signal.throwIfAborted();
    checks.push({
      ok: false,
      name: `${title}, ${over}`,
      found: error instanceof Error ? error.message : String(error),
    });
  } finally {
    await sink.close();
  }
  return checks;
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
