import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** The code blocks of a document in one language, in order. */
export function codeBlocks(page: string, language: string): string[] {
  const blocks = readFileSync(join(ROOT, page), 'utf8').matchAll(
    new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'),
  );
  return [...blocks].map(([, code]) => code as string);
}

/** The only block of `docs/recipes.md` in which `text` stands. */
export function recipe(language: string, text: string): string {
  const found = codeBlocks('docs/recipes.md', language).filter((code) => code.includes(text));
  if (found.length !== 1)
    throw new Error(`${found.length} ${language} blocks of docs/recipes.md have ${text}`);
  return found[0] as string;
}
