import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The first block of TypeScript below a heading of a document, whose first line names its file.
 *
 * @param page - the document, such as `docs/frameworks.md`
 */
export async function documentedLines(
  page: string,
  heading: string,
): Promise<{ file: string; code: string }> {
  const sections = (await readFile(ROOT + page, 'utf8')).split(/^## /m);
  const section = sections.find((each) => each.startsWith(`${heading}\n`)) ?? '';
  const [, file, code] = /^```ts\n\/\/ (\S+)\n(.*?)^```$/ms.exec(section) ?? [];
  if (file === undefined || code === undefined) {
    throw new Error(`${page} has no block that names its file below "${heading}"`);
  }
  return { file, code };
}
