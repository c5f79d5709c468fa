/** What is measured: a file of `children/subjects`, on one SDK. */
export interface Subject {
  name: string;
  sdk: 'v1' | 'v2';
  role: 'bare' | 'floor' | 'ours' | 'peer';
  /** Which end of the connection is observed; the bare one is that of both. */
  side: 'server' | 'client';
  /** The npm package that is imported, with its version as in package.json. */
  package?: string;
}

/** In the order in which they start, and are shown. */
export const SUBJECTS: readonly Subject[] = [
  ...ownOf('v1'),
  peer('shinzo', 'v1', '@shinzolabs/instrumentation-mcp'),
  peer('sedata', 'v1', '@sedata-ai/mcp'),
  peer('agentcat', 'v1', 'agentcat'),
  ...ownOf('v2'),
  peer('mcp-opentelemetry', 'v2', 'mcp-opentelemetry'),
];

export const keyOf = ({ name, sdk }: Subject): string => `${name} ${sdk}`;

/** What a subject is compared with, of the same end and SDK. */
export function subjectOf(
  role: 'bare' | 'floor' | 'ours',
  { sdk, side }: Pick<Subject, 'sdk' | 'side'>,
): Subject {
  const is = (subject: Subject): boolean =>
    subject.role === role && subject.sdk === sdk && (role === 'bare' || subject.side === side);
  return SUBJECTS.find(is) as Subject;
}

function ownOf(sdk: Subject['sdk']): Subject[] {
  return [
    { name: 'bare', sdk, role: 'bare', side: 'server' },
    { name: 'floor', sdk, role: 'floor', side: 'server' },
    { name: 'ours', sdk, role: 'ours', side: 'server', package: 'mcp-sessionscope' },
    { name: 'client-floor', sdk, role: 'floor', side: 'client' },
    { name: 'client-ours', sdk, role: 'ours', side: 'client', package: 'mcp-sessionscope' },
  ];
}

function peer(name: string, sdk: Subject['sdk'], from: string): Subject {
  return { name, sdk, role: 'peer', side: 'server', package: from };
}
