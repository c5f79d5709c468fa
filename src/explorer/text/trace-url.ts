/** What a link to a trace elsewhere is made of. Times are Unix milliseconds. */
export interface LinkedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly service: string;
  readonly startMs: number;
  readonly endMs: number;
}

export const TRACE_URL_VARIABLE = 'MCP_SESSIONSCOPE_TRACE_URL';

const FIELDS = /\{(traceId|spanId|service|startMs|endMs)\}/g;
const MAX_LENGTH = 2_048;

/** What is wrong with a template, as a sentence; `undefined`: nothing. */
export function traceUrlProblem(template: string): string | undefined {
  if (template.length > MAX_LENGTH) return `Give at most ${MAX_LENGTH} characters.`;
  if (!template.includes('{traceId}')) return 'It must hold {traceId}, which stands for the id of the trace.';
  // Ids are what others recorded: they must not decide where the link leads.
  const origins = ['0', '1'].map((value) => originOf(template.replace(FIELDS, value)));
  if (origins[0] === undefined || origins[0] !== origins[1])
    return 'Give an address such as http://127.0.0.1:16686/trace/{traceId}.';
  return undefined;
}

/** The address of a trace elsewhere: a template of which {@link traceUrlProblem} says nothing, filled in. */
export function traceUrlOf(template: string, span: LinkedSpan): string {
  return template.replace(FIELDS, (_, field: keyof LinkedSpan) => {
    const value = span[field];
    return encodeURIComponent(
      typeof value === 'number' ? Math.floor(value) : value.replace(/\p{Surrogate}/gu, '\ufffd'),
    );
  });
}

function originOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, username, password, origin } = new URL(address);
  const isWeb = protocol === 'http:' || protocol === 'https:';
  return isWeb && username === '' && password === '' ? origin : undefined;
}
