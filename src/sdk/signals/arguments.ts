import type { Attributes } from '@opentelemetry/api';
import { isRecord } from '../protocol/json-rpc.ts';
import * as semconv from './semconv.ts';
import type { Capture } from './signal-parts.ts';

/** Variables of a prompt that are recorded at most: each is an attribute of its own. */
const MAX_VARIABLES = 32;
const MAX_NAME_LENGTH = 64;

/** What the client passes to a tool, or to a prompt; nothing for other methods. */
export function argumentAttributes(method: string, params: unknown, capture: Capture): Attributes {
  const value = isRecord(params) ? params['arguments'] : undefined;
  if (value === undefined) return {};
  if (method === 'tools/call') return { [semconv.ATTR_GEN_AI_TOOL_CALL_ARGUMENTS]: capture.json(value) };
  return method === 'prompts/get' && isRecord(value) ? promptVariables(value, capture) : {};
}

function promptVariables(variables: Readonly<Record<string, unknown>>, capture: Capture): Attributes {
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(variables).slice(0, MAX_VARIABLES)) {
    if (name.length > MAX_NAME_LENGTH) continue;
    const text = typeof value === 'string' ? value : capture.json(value);
    attributes[`${semconv.ATTR_GEN_AI_PROMPT_VARIABLE}.${capture.label(name)}`] = capture.attributes({
      [name]: text,
    })[name]!;
  }
  return attributes;
}
