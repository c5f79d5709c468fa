import { findTraceFiles, type RecordingFile } from './files.ts';
import { type JsonLinesOptions, readJsonLines } from './json-lines.ts';
import { type RecordedSpan, spansOf } from './otlp.ts';

/** What was recorded at a path, to be streamed as often as needed: each time the same spans in the same order. */
export interface Recording {
  readonly files: readonly RecordingFile[];
  /** Streams the spans; holds one line of one file at a time. */
  spans(options?: JsonLinesOptions): AsyncGenerator<RecordedSpan>;
}

/** @throws {@link UnavailableError} where there is nothing to read */
export async function openRecording(path: string): Promise<Recording> {
  const files = await findTraceFiles(path);
  return {
    files,
    async *spans(options) {
      for await (const exported of readJsonLines(files, options)) yield* spansOf(exported);
    },
  };
}
