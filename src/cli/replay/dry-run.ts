import type { RecordingFile } from '../../explorer/recording/files.ts';
import { visible } from '../../explorer/text/visible.ts';
import type { CliIo } from '../io.ts';
import { batchesOf } from './batches.ts';
import { identify } from './identify.ts';
import type { FileState } from './journal.ts';
import { createTally, placeOfLines, type Tally } from './tally.ts';

/** Counts what a replay would send. */
export async function dryRun(
  files: readonly RecordingFile[],
  stateOf: (id: string) => FileState | undefined,
  batch: number,
  io: Pick<CliIo, 'stderr'>,
): Promise<Tally> {
  const tally = createTally();
  for (const file of await identify(files, io)) {
    const { offset, lines, unsure } = stateOf(file.id) ?? { offset: 0, lines: 0, unsure: [] };
    tally.before += lines;
    tally.unsure += unsure.length;
    const requestsBefore = tally.requests;
    for await (const step of batchesOf(file, { offset, lines }, batch)) {
      if (step.kind === 'batch') {
        tally.requests += 1;
        tally.lines += step.batch.lines.length;
        tally.items[step.batch.signal] += step.batch.items;
      } else if (step.content.kind === 'broken') {
        if (step.line.isWhole) tally.broken += 1;
        const place = placeOfLines(file.path, step.line.number, step.line.number);
        io.stderr.write(`mcp-sessionscope: ${place} ${visible(step.content.reason)}\n`);
      }
    }
    if (tally.requests > requestsBefore) tally.files += 1;
  }
  return tally;
}
