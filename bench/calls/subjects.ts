/** What is measured: a file of `children/subjects`, on one SDK. */
export interface Subject {
  name: string;
  sdk: 'v1' | 'v2';
  role: 'bare' | 'floor' | 'ours' | 'peer';
  /** The npm package that is imported, with its version as in package.json. */
  package?: string;
}

/** In the order in which they start, and are shown. */
export const SUBJECTS: readonly Subject[] = [
  { name: 'bare', sdk: 'v1', role: 'bare' },
  { name: 'floor', sdk: 'v1', role: 'floor' },
  { name: 'ours', sdk: 'v1', role: 'ours', package: 'mcp-sessionscope' },
  { name: 'shinzo', sdk: 'v1', role: 'peer', package: '@shinzolabs/instrumentation-mcp' },
  { name: 'sedata', sdk: 'v1', role: 'peer', package: '@sedata-ai/mcp' },
  { name: 'agentcat', sdk: 'v1', role: 'peer', package: 'agentcat' },
  { name: 'bare', sdk: 'v2', role: 'bare' },
  { name: 'floor', sdk: 'v2', role: 'floor' },
  { name: 'ours', sdk: 'v2', role: 'ours', package: 'mcp-sessionscope' },
  { name: 'mcp-opentelemetry', sdk: 'v2', role: 'peer', package: 'mcp-opentelemetry' },
];

export const keyOf = ({ name, sdk }: Subject): string => `${name} ${sdk}`;
