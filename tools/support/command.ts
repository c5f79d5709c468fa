/** A program of this repository, as it is called. */
export interface Command<Options> {
  /** What it is called as, without `npm run`. */
  readonly name: string;
  readonly usage: string;
  /** Nothing where help was asked for; throws for what it does not understand. */
  readonly readOptions: (args: string[]) => Options | undefined;
  /** Gives the exit code, if it does not set it. */
  readonly run: (options: Options) => Promise<number> | Promise<void>;
  /** Aborted where it was told to stop: what fails from then on is not told. */
  readonly stop: AbortController;
  /** The exit code where it cannot do its work. */
  readonly failureCode: 1 | 2;
}

/** Runs it with the arguments of this process, and sets the exit code: 2, with the usage, where they are wrong. */
export async function runCommand<Options>(command: Command<Options>): Promise<void> {
  const { name, usage, readOptions, run, stop, failureCode } = command;
  let options: Options | undefined;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    fail(`${name}: ${messageOf(error)}\n\n${usage}`, 2);
    return;
  }
  if (options === undefined) {
    console.log(usage);
    return;
  }
  try {
    const code = await run(options);
    if (typeof code === 'number') process.exitCode = code;
  } catch (error) {
    if (stop.signal.aborted) process.exitCode ??= 1;
    else fail(`${name}: ${messageOf(error)}`, failureCode);
  }
}

function fail(why: string, code: number): void {
  console.error(why);
  process.exitCode = code;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
