/** The least that can be done with a recording: every line is read and parsed. */
import { findSignalFiles } from '../../../src/explorer/recording/files.ts';
import { readLines } from '../../../src/explorer/recording/lines.ts';
import { endWithParent, processorMs, readJob, say } from './job.ts';

endWithParent();
const { dir } = readJob<{ dir: string }>();
const startedAt = performance.now();
const before = processorMs();
let lines = 0;
for (const file of await findSignalFiles(dir)) {
  for await (const { bytes } of readLines(file)) {
    if (bytes !== undefined && JSON.parse(bytes.toString('utf8')) !== undefined) lines += 1;
  }
}
say({ ms: performance.now() - startedAt, processorMs: processorMs() - before, lines });
