import type { Argument, Command, Option } from 'commander';

/** What can stand behind a command, as the program itself defines it. */
export interface CommandWords {
  /** The names of the commands that lead to it, such as `dashboards list`; empty for the program. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly OptionWords[];
  readonly argument: ValueWords;
}

export interface Word {
  readonly text: string;
  readonly description: string;
}

export interface OptionWords {
  /** `-s` and `--session`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Absent for a switch. */
  readonly value?: ValueWords;
}

export interface ValueWords {
  readonly choices: readonly string[];
  /** Whether it is a path. */
  readonly isPath: boolean;
}

const PATH = /[<[](?:dir|file|path)\b/;

/** The words of a command, and of those below it. */
export function wordsOf(command: Command, above?: Command, path = ''): CommandWords[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const own: CommandWords = {
    path,
    commands: commands.map((each) => ({ text: each.name(), description: each.description() })),
    options: help.visibleOptions(command).map(optionWords),
    // `help` takes what stands beside it.
    argument:
      command.name() === 'help' && above !== undefined
        ? { choices: above.commands.map((each) => each.name()), isPath: false }
        : argumentWords(command.registeredArguments[0]),
  };
  return [own, ...commands.flatMap((each) => wordsOf(each, command, `${path} ${each.name()}`.trim()))];
}

/** All commands by their path. */
export function pathsOf(words: readonly CommandWords[]): string[] {
  return words.map(({ path }) => path).filter((path) => path !== '');
}

function optionWords({
  short,
  long,
  description,
  required,
  optional,
  flags,
  argChoices,
}: Option): OptionWords {
  const names = [short, long].filter((name) => name !== undefined && name !== null);
  if (!required && !optional) return { names, description };
  return { names, description, value: { choices: argChoices ?? [], isPath: PATH.test(flags) } };
}

function argumentWords(argument: Argument | undefined): ValueWords {
  const name = argument?.name() ?? '';
  return { choices: argument?.argChoices ?? [], isPath: PATH.test(`<${name}`) };
}
