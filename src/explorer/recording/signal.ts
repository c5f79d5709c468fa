/** What servers that use this package record and send. */
export type Signal = 'traces' | 'metrics';

export const SIGNALS: readonly Signal[] = ['traces', 'metrics'];

/** What a recording can hold: logs are written by others, and received. */
export type RecordedSignal = Signal | 'logs';

export const RECORDED_SIGNALS: readonly RecordedSignal[] = [...SIGNALS, 'logs'];

/** How OTLP writes a signal. */
export interface SignalForm {
  /** The keys of the lists within one another, from the whole down to what a line can be divided into. */
  readonly lists: readonly [resources: string, scopes: string, items: string];
  /** What is counted, in the singular. */
  readonly item: string;
}

export const FORMS: Readonly<Record<RecordedSignal, SignalForm>> = {
  traces: { lists: ['resourceSpans', 'scopeSpans', 'spans'], item: 'span' },
  metrics: { lists: ['resourceMetrics', 'scopeMetrics', 'metrics'], item: 'data point' },
  logs: { lists: ['resourceLogs', 'scopeLogs', 'logRecords'], item: 'log record' },
};
