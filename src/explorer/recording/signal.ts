/** What is recorded and sent. */
export type Signal = 'traces' | 'metrics';

export const SIGNALS: readonly Signal[] = ['traces', 'metrics'];
