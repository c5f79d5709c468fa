import { type CommandWords, type OptionWords, pathsOf } from './words.ts';

export function fishCompletion(program: string, words: readonly CommandWords[]): string {
  const at = `__${program.replace(/\W/g, '_')}_at`;
  const complete = `complete -c ${program}`;
  return `# Completion of ${program} in fish: ${program} completion fish | source
function ${at}
  set -l command
  set -l words (commandline -opc)
  for word in $words[2..-1]
    switch "$command $word"
      case '* --'
        set command --
        break
      case ${pathsOf(words).map(asPattern).join(' ')}
        set command (string trim "$command $word")
    end
  end
  test "$command" = "$argv[1]"
end
${complete} -f
${complete} -n '${at} --' -F
${words.flatMap((each) => linesOf(each, at).map((line) => `${complete} ${line}`)).join('\n')}
`;
}

function linesOf({ path, commands, options, argument }: CommandWords, at: string): string[] {
  const here = `-n ${quoted(`${at} ${quoted(path)}`)}`;
  return [
    ...commands.map(({ text, description }) => `${here} -a ${text} -d ${quoted(description)}`),
    ...(argument.choices.length > 0 ? [`${here} -a ${quoted(argument.choices.join(' '))}`] : []),
    ...(argument.isPath ? [`${here} -F`] : []),
    ...options.map((option) => `${here} ${optionOf(option)}`),
  ];
}

function optionOf({ names, description, value }: OptionWords): string {
  const words = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  if (value?.isPath === true) words.push('-r', '-F');
  else if (value !== undefined) words.push('-x');
  if (value !== undefined && value.choices.length > 0) words.push('-a', quoted(value.choices.join(' ')));
  return [...words, '-d', quoted(description)].join(' ');
}

function asPattern(path: string): string {
  return quoted(path.includes(' ') ? path : ` ${path}`);
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
