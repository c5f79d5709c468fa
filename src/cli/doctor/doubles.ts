import { findTraceFiles, type RecordingFile } from '../../explorer/recording/files.ts';
import { findDoubles } from '../../explorer/recording/recording.ts';
import { doubleText } from '../../explorer/text/double.ts';
import { defaultRecordingDir } from '../../sdk/export/recording-dir.ts';
import type { CliIo } from '../io.ts';
import { type Check, warning } from './check.ts';

/** What tells it is in the newest recordings too. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Names another instrumentation that records what this package records, where the recordings of this machine have both. */
export async function* checkDoubles({ env, homedir }: Pick<CliIo, 'env' | 'homedir'>): AsyncGenerator<Check> {
  const doubles = await findDoubles(await recordings(env, homedir));
  for (const sender of doubles.keys()) {
    const [what = '', fix = ''] = doubleText(sender);
    yield warning('double', { what, fix });
  }
}

/** None where there is no folder: another check says so. */
async function recordings(env: CliIo['env'], homedir: CliIo['homedir']): Promise<RecordingFile[]> {
  try {
    return newestOf(await findTraceFiles(defaultRecordingDir(env, homedir)));
  } catch {
    return [];
  }
}

function newestOf(files: readonly RecordingFile[]): RecordingFile[] {
  let left = MAX_BYTES;
  const newest: RecordingFile[] = [];
  for (const file of [...files].reverse()) {
    if (file.size > left) break;
    left -= file.size;
    newest.push(file);
  }
  return newest;
}
