/** What of a row tells that another instrumentation recorded its session. */
export interface RecordedByOther {
  readonly sender?: string | undefined;
  readonly source?: string | undefined;
  readonly clientName?: string | undefined;
}

/** Who else recorded a session, and what is not known of it for that; `undefined` where this package did. */
export function recordedByText({ sender, source, clientName }: RecordedByOther): string | undefined {
  if (sender === undefined) return undefined;
  const client = clientName === undefined ? ', nor which client it was' : '';
  const others = source === 'process' ? ' The requests may be of several clients.' : '';
  return `${sender}, so it is made of the requests that this recorded: how it ended is not known${client}.${others}`;
}

/** How a session was found: its source in words, for sources of others besides this package's. */
export const PROCESS_SOURCE = 'requests of one process: nothing in them tells its clients apart';

/** What is said where another instrumentation records what this package records: that, and what to do. */
export function doubleText(sender: string): [what: string, fix: string] {
  return [
    `requests are recorded twice, by this package and by ${sender}; they are shown and counted once`,
    'Turn one of the two off: both cost time.',
  ];
}
