import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readSpans } from '../../tools/support/otlp-sink.ts';

/** How many calls of tools a folder's recording has. */
export async function callSpansIn(folder: string): Promise<number> {
  let calls = 0;
  for (const name of await readdir(folder)) {
    if (!/\.traces(\.\d+)?\.jsonl$/.test(name)) continue;
    for await (const line of createInterface(createReadStream(join(folder, name)))) {
      for (const { attributes } of readSpans(JSON.parse(line)))
        if (attributes['mcp.method.name'] === 'tools/call') calls += 1;
    }
  }
  return calls;
}
