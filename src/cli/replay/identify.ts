import type { RecordingFile } from '../../explorer/recording/files.ts';
import { isFileError } from '../../explorer/recording/json-lines.ts';
import { visible } from '../../explorer/text/visible.ts';
import type { CliIo } from '../io.ts';
import { identityOf } from './content.ts';
import type { IdentifiedFile } from './replay.ts';

/** The files that hold something to send, each once: a copy of one that is there already is left out. */
export async function identify(
  files: readonly RecordingFile[],
  io: Pick<CliIo, 'stderr'>,
): Promise<IdentifiedFile[]> {
  const identified = new Map<string, IdentifiedFile>();
  for (const file of files) {
    const leaveOut = (why: string): void => {
      io.stderr.write(`mcp-sessionscope: ${visible(file.path)} ${why}: left out\n`);
    };
    const { id, unreadable } = await lookAt(file);
    if (unreadable !== undefined) leaveOut(`cannot be read (${unreadable})`);
    else if (id === undefined) {
      if (file.size > 0) leaveOut('holds no line of OTLP JSON with anything to send');
    } else {
      const other = identified.get(id);
      if (other !== undefined) leaveOut(`begins like ${visible(other.path)}, so it is a copy of it`);
      // Of two copies the longer one has what the other has.
      if (other === undefined || file.size > other.size) identified.set(id, { ...file, id });
    }
  }
  return [...identified.values()];
}

async function lookAt(file: RecordingFile): Promise<{ id?: string | undefined; unreadable?: string }> {
  try {
    return { id: await identityOf(file) };
  } catch (error) {
    // Rotated away since the folder was listed, or not ours to read.
    if (isFileError(error)) return { unreadable: (error as Error).message };
    throw error;
  }
}
