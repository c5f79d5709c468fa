import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer } from './answer.ts';
import { RequestError } from './request-error.ts';

const SCRIPT = 'text/javascript; charset=utf-8';

/** Path on the server, and what is there. */
export const PAGE_FILES = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { name: 'page.js', type: SCRIPT },
  '/page.css': { name: 'page.css', type: 'text/css; charset=utf-8' },
} as const;

/** What the page loads when it is first shown; its name changes with what is in it. */
const PART = /^\/(page-[\w-]+\.js)$/;

/** A document of the package, as it is written: of the version that runs, without the network. */
const DOCUMENT = /^\/docs\/([\w-]+\.md)$/;
const TEXT = 'text/plain; charset=utf-8';

export type PagePath = keyof typeof PAGE_FILES;

export function isPartOfPage(path: string): boolean {
  return PART.test(path);
}

export function isDocument(path: string): boolean {
  return DOCUMENT.test(path);
}

interface Loaded {
  readonly changedMs: number;
  readonly body: Buffer;
  readonly etag: string;
}

/** The files of the page, read again when they change, so that a build shows by a reload. */
export class Assets {
  readonly #dir: string;
  readonly #loaded = new Map<string, Loaded>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * @param knownTags - `If-None-Match` of the request
   * @throws {@link RequestError} where the page was not built
   */
  async answer(path: PagePath, knownTags: string | undefined): Promise<Answer> {
    const { name, type } = PAGE_FILES[path];
    const loaded = await this.#load(name);
    if (loaded !== undefined) return answerOf(loaded, type, knownTags);
    throw new RequestError(
      503,
      `the page is missing: there is no ${join(this.#dir, name)}. Build it with: npm run build`,
    );
  }

  /** @throws {@link RequestError} where the page that is open is of another build */
  async partOfPage(path: string, knownTags: string | undefined): Promise<Answer> {
    const loaded = await this.#load(PART.exec(path)?.[1] ?? '');
    if (loaded !== undefined) return answerOf(loaded, SCRIPT, knownTags);
    throw new RequestError(404, `there is no ${path.slice(1)}: the page was built anew, load it again`);
  }

  /** @throws {@link RequestError} where there is no such document */
  async document(path: string, knownTags: string | undefined): Promise<Answer> {
    const loaded = await this.#load(`../../docs/${DOCUMENT.exec(path)?.[1]}`);
    if (loaded !== undefined) return answerOf(loaded, TEXT, knownTags);
    throw new RequestError(404, `there is no ${path.slice(1)}`);
  }

  async #load(name: string): Promise<Loaded | undefined> {
    const path = join(this.#dir, name);
    try {
      const { mtimeMs } = await stat(path);
      const known = this.#loaded.get(name);
      if (known?.changedMs === mtimeMs) return known;
      const body = await readFile(path);
      const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
      // Weak: the compressed answer is another one by its bytes.
      const loaded = { changedMs: mtimeMs, body, etag: `W/"${digest}"` };
      this.#loaded.set(name, loaded);
      return loaded;
    } catch {
      return undefined;
    }
  }
}

function answerOf({ body, etag }: Loaded, type: string, knownTags: string | undefined): Answer {
  const headers = { 'content-type': type, 'cache-control': 'no-cache', etag };
  const isKnown = knownTags?.split(',').some((tag) => tag.trim() === etag) === true;
  return isKnown ? { status: 304, headers, body: '' } : { status: 200, headers, body };
}
