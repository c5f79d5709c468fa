import { type CommandWords, pathsOf } from './words.ts';

/** Paths, and whatever is not known, are left to bash, which offers files. */
export function bashCompletion(program: string, words: readonly CommandWords[]): string {
  const name = `_${program.replace(/\W/g, '_')}`;
  return `# Completion of ${program} in bash: source <(${program} completion bash)
${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command='' words='' i
  COMPREPLY=()
  # bash takes --option=value for three words.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command \${COMP_WORDS[i]}" in
      *' --') return ;;
      ${pathsOf(words).map(asPattern).join(' | ')})
        command="\${command:+$command }\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$command $previous" in
${valueCases(words).join('\n')}
  esac
  case "$command" in
${words.map(wordCase).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F ${name} ${program}
`;
}

/** Where nothing is known of a value, bash is left to offer files. */
function valueCases(words: readonly CommandWords[]): string[] {
  const cases = new Map<string, string[]>();
  for (const { path, options } of words) {
    for (const { names, value } of options) {
      if (value === undefined) continue;
      const choices = value.choices.join(' ');
      cases.set(choices, [...(cases.get(choices) ?? []), ...names.map((name) => `'${path} ${name}'`)]);
    }
  }
  return [...cases].map(([choices, patterns]) => {
    const reply = choices === '' ? '' : `COMPREPLY=($(compgen -W '${choices}' -- "$current")); `;
    return `    ${patterns.join(' | ')}) ${reply}return ;;`;
  });
}

/** Options where one is begun, or nothing else can stand there. */
function wordCase({ path, commands, options, argument }: CommandWords): string {
  const names = options.flatMap((option) => option.names).join(' ');
  const others = [...commands.map(({ text }) => text), ...argument.choices].join(' ');
  const isOnly = others === '' && !argument.isPath;
  const plain = isOnly ? '' : `[[ $current == -* ]] || words='${others}'`;
  return `    '${path}') words='${names}'${plain === '' ? '' : `; ${plain}`} ;;`;
}

/** As it is looked for: what leads to a command, a space, and its name. */
function asPattern(path: string): string {
  return path.includes(' ') ? `'${path}'` : `' ${path}'`;
}
