import { mkdtempSync, readdirSync, readFileSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';
import { pointsOf, type SinkPoint, type SinkSpan, spansOf } from './otlp-sink.ts';

/** A folder of its own for each test, and what the `file` exporter wrote into it. */
export interface RecordingFolder {
  dir: string;
  names(): string[];
  /** The lines of all files of a signal, in order; throws where one is no JSON. */
  lines(signal: 'traces' | 'metrics'): object[];
  spans(): SinkSpan[];
  points(): SinkPoint[];
  /** Resolves when `condition` holds, looked at after each change in the folder. */
  until(condition: () => boolean): Promise<void>;
  remove(): void;
}

export function recordingFolder(): RecordingFolder {
  const dir = mkdtempSync(join(tmpdir(), 'sessionscope-'));
  const names = (): string[] => readdirSync(dir).sort();
  const lines = (signal: string): object[] =>
    names()
      .filter((name) => name.includes(`.${signal}.`))
      // What no line break ends is being written.
      .flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n').slice(0, -1))
      .map((line) => JSON.parse(line));
  return {
    dir,
    names,
    lines,
    spans: () => lines('traces').flatMap(spansOf),
    points: () => lines('metrics').flatMap(pointsOf),
    until: (condition) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          try {
            if (!condition()) return;
            watcher.close();
            resolve();
          } catch (error) {
            watcher.close();
            reject(error);
          }
        };
        const watcher = watch(dir, look);
        look();
      }),
    remove: () => removeFolderSync(dir),
  };
}
