import { isRecord } from './json-rpc.ts';
import { shortName } from './meta.ts';

const MAX_NAMES = 1_000;

/** The tool names in a `tools/list` result, at most 1,000, and how many tools it holds. */
export function listedTools(result: unknown): { count: number; names: string[] } | undefined {
  const tools = isRecord(result) ? result['tools'] : undefined;
  if (!Array.isArray(tools)) return undefined;
  const names: string[] = [];
  for (const tool of tools) {
    if (names.length === MAX_NAMES) break;
    const name = isRecord(tool) ? tool['name'] : undefined;
    if (typeof name === 'string') names.push(shortName(name));
  }
  return { count: tools.length, names };
}
