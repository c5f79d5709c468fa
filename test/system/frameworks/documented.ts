import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../../../docs/frameworks.md', import.meta.url));

/** The first block of TypeScript below a heading of docs/frameworks.md, whose first line names its file. */
export async function documentedLines(heading: string): Promise<{ file: string; code: string }> {
  const sections = (await readFile(PAGE, 'utf8')).split(/^## /m);
  const section = sections.find((each) => each.startsWith(`${heading}\n`)) ?? '';
  const [, file, code] = /^```ts\n\/\/ (\S+)\n(.*?)^```$/ms.exec(section) ?? [];
  if (file === undefined || code === undefined) {
    throw new Error(`docs/frameworks.md has no block that names its file below "${heading}"`);
  }
  return { file, code };
}
