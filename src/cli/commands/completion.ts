import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { type CommandWords, wordsOf } from '../completion/words.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { CliIo } from '../io.ts';

type Shell = 'bash' | 'zsh' | 'fish';

const SHELLS: Readonly<Record<Shell, (program: string, words: readonly CommandWords[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

const NOTES = `
The command must be installed: a shell completes nothing behind npx.

  bash, in ~/.bashrc:                   source <(mcp-sessionscope completion bash)
  zsh, in ~/.zshrc, behind compinit:    source <(mcp-sessionscope completion zsh)
  fish, in ~/.config/fish/config.fish:  mcp-sessionscope completion fish | source`;

/** Adds `completion` to the program, of which it tells all that is there when it runs. */
export function registerCompletion(program: Command, io: CliIo): void {
  program
    .command('completion')
    .description('Print a script by which a shell completes commands, options and values.')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', NOTES)
    .action((shell: Shell) => {
      io.stdout.write(SHELLS[shell](program.name(), wordsOf(program)));
    });
}
