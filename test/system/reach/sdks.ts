import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import type { Check } from '../../../tools/support/checks.ts';
import type { Era } from '../../../tools/support/mcp-clients.ts';
import { targets } from '../conformance/targets.ts';
import type { Stage } from './stage.ts';
import { visit } from './visit.ts';
import { compare, visitProxied } from './ways.ts';

/** Servers of either SDK that listen, by the names of the conformance suite; both generations of clients visit them. */
const VISITED: Readonly<Record<string, readonly Era[]>> = {
  'v1 features': ['legacy'],
  'v2 features, sessions': ['legacy', 'modern'],
  'v2 features, stateless': ['legacy', 'modern'],
};

const CALLS = [
  { tool: 'test_simple_text' },
  { tool: 'test_multiple_content_types' },
  { tool: 'test_tool_with_logging' },
  { tool: 'test_tool_with_progress' },
  { tool: 'test_error_handling' },
];

/** Through `proxy`, answers as directly, and a recording of what the client counted. */
export async function checkSdks(stage: Stage): Promise<Check[]> {
  const checks: Check[] = [];
  for (const target of targets) {
    for (const era of VISITED[target.name] ?? []) {
      stage.signal.throwIfAborted();
      const recording = await mkdtemp(path.join(stage.scratch, 'proxy-'));
      const host = await target.start(() => {});
      try {
        const url = new URL(host.url);
        const direct = await visit(url, { era, calls: CALLS });
        const seen = await visitProxied(stage, url, { era, calls: CALLS }, recording);
        const found = await compare(direct, seen, recording);
        const name = `proxy, ${target.name}, ${era} client`;
        checks.push(...found.map((check) => ({ ...check, name: `${name}: ${check.name}` })));
      } finally {
        await host.close();
      }
    }
  }
  return checks;
}
