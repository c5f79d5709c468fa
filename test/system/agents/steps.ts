/** One thing that an agent does, in a span of its own. */
export interface Step {
  /** The name of that span. */
  name: string;
  tool: string;
  args: Record<string, unknown>;
  /** Of that span. */
  attributes: Record<string, string>;
}

/** Of all steps, those that end well, with an error of the tool, and not in time. */
export const STEPS: readonly Step[] = [
  { name: 'ask for the weather', tool: 'get_weather', args: { city: 'Oslo' }, attributes: {} },
  { name: 'ask for what fails', tool: 'fail', args: {}, attributes: {} },
  {
    name: 'execute_tool get_weather',
    tool: 'get_weather',
    args: { city: 'Bergen' },
    attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'get_weather' },
  },
  { name: 'ask for what never comes', tool: 'wait', args: {}, attributes: {} },
];

/** Whether its span is one that says already what a client's would say. */
export function saysItself({ attributes }: Step): boolean {
  return attributes['gen_ai.operation.name'] === 'execute_tool';
}
