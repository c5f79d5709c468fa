import type { RecordingFile } from '../../explorer/recording/files.ts';
import type { Finding } from '../../sdk/diagnostics/failures.ts';
import { placeOfLines } from './tally.ts';

export function placeOf({ path }: RecordingFile, line: number): string {
  return placeOfLines(path, line, line);
}

export function failureText(place: string, finding: Finding): string {
  return `stopped at ${place}: ${finding.what}.${fixText(finding)}`;
}

export function fixText({ fix }: Finding): string {
  return fix === undefined ? '' : `\n${fix}`;
}
