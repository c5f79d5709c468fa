import type { McpServer, ToolCallback } from '@modelcontextprotocol/server';
import type * as z from 'zod';
import type { Range } from '../store/types.ts';
import type { answerOf } from './answer.ts';
import { given, rangeOf } from './arguments.ts';
import { type Question, readCursor, writeCursor } from './cursor.ts';
import { lookAgain, type Recorded } from './recorded.ts';

type Position = readonly (string | number)[];

/** Adds a tool to a server, to answer from a recording. */
export type Tool = (server: McpServer, recorded: Recorded) => void;

interface ToolFacts<I extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: I;
  readonly output: z.ZodObject;
}

type Answer = ReturnType<typeof answerOf>;

interface ToolParts<I extends z.ZodObject> extends ToolFacts<I> {
  answer(args: z.output<I>, recorded: Recorded): Promise<Answer>;
}

interface ListToolParts<I extends z.ZodObject, P> extends ToolFacts<I> {
  /** What of the last item of a page tells its place. */
  readonly position: z.ZodType<P>;
  answer(page: AskedPage<z.output<I>, P>, recorded: Recorded): Promise<Answer>;
}

/** What every list takes; see `arguments.ts`. */
interface ListArguments {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly service?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A page of a list, as it was asked for. */
export interface AskedPage<A, P> {
  /** All arguments that decide which items there are, and their order. */
  readonly args: Omit<A, 'cursor' | 'limit'>;
  readonly range: Range;
  readonly limit: number;
  /** Where the page before ended; `undefined`: this is the first. */
  readonly behind: P | undefined;
  /** What to know of the recording. */
  readonly notes: readonly string[];
  /** The cursor of the page that follows an item. */
  readonly cursorBehind: (position: P) => string;
}

/** A tool that reads files of this machine, and nothing else. */
export function createTool<I extends z.ZodObject>(parts: ToolParts<I>): Tool {
  const { name, title, description, input, output } = parts;
  const annotations = { readOnlyHint: true, openWorldHint: false };
  return (server, recorded) => {
    const answer = (args: z.output<I>) => parts.answer(args, recorded);
    server.registerTool(
      name,
      { title, description, inputSchema: input, outputSchema: output, annotations },
      answer as ToolCallback<I>,
    );
  };
}

/** A tool that lists what there is in a time, page by page. */
export function createListTool<
  I extends z.ZodObject & { readonly _zod: { output: ListArguments } },
  P extends Position,
>({ position, answer, ...facts }: ListToolParts<I, P>): Tool {
  return createTool({
    ...facts,
    answer: async (args, recorded) => answer(await openPage(facts.name, args, position, recorded), recorded),
  });
}

/** @throws {@link WrongArgumentError} */
async function openPage<A extends ListArguments, P extends Position>(
  tool: string,
  { cursor, limit, ...args }: A,
  position: z.ZodType<P>,
  recorded: Recorded,
): Promise<AskedPage<A, P>> {
  const range = rangeOf(args, recorded.now());
  const question: Question = { tool, arguments: args };
  const behind = given(cursor) === undefined ? undefined : readCursor(cursor as string, question, position);
  const notes = await lookAgain(recorded);
  return { args, range, limit, behind, notes, cursorBehind: (place) => writeCursor(question, place) };
}
