import { createHash } from 'node:crypto';
import * as z from 'zod';
import { WrongArgumentError } from './arguments.ts';

/** What a page is a page of. */
export interface Question {
  readonly tool: string;
  /** All arguments that decide which items there are, and their order. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

const VERSION = 1;
const CURSOR = z.tuple([z.literal(VERSION), z.string(), z.unknown()]);

/** @param position - the last item of the page, by what tells its place even when others were added */
export function writeCursor(question: Question, position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([VERSION, markOf(question), position])).toString('base64url');
}

/** @throws {@link WrongArgumentError} for a cursor of something else */
export function readCursor<T>(cursor: string, question: Question, position: z.ZodType<T>): T {
  const [, mark, value] = orWrong(CURSOR.safeParse(parse(cursor)));
  if (mark !== markOf(question)) {
    throw new WrongArgumentError(
      'The cursor belongs to other arguments: give those of the call that it came from, or leave it out.',
    );
  }
  return orWrong(position.safeParse(value));
}

function orWrong<T>(parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  throw new WrongArgumentError(
    'This is not a cursor of this tool: leave it out to start with the first page.',
  );
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function markOf(question: Question): string {
  const text = JSON.stringify([question.tool, question.arguments]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}
