import { createClock } from '../../explorer/text/format.ts';
import { visible } from '../../explorer/text/visible.ts';
import type { CliIo } from '../io.ts';
import { createStyle } from '../terminal/style.ts';
import type { ViewContext } from './list-view.ts';

export function contextOf(io: CliIo): ViewContext {
  // A pipe or a file has no width: whatever reads it gets everything.
  const width = io.isTTY ? io.columns || 80 : undefined;
  return { style: createStyle(io), clock: createClock(io.timeZone), width, now: io.now() };
}

export function print(lines: readonly string[], io: CliIo): void {
  io.stdout.write(`${lines.join('\n')}\n`);
}

export function note(text: string, io: CliIo): void {
  io.stderr.write(`mcp-sessionscope: ${visible(text)}\n`);
}
