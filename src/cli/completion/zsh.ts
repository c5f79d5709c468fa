import { type CommandWords, type OptionWords, pathsOf, type ValueWords, type Word } from './words.ts';

/** Works as a file in a folder of `fpath`, and when it is sourced. */
export function zshCompletion(program: string, words: readonly CommandWords[]): string {
  const name = `_${program.replace(/\W/g, '_')}`;
  return `#compdef ${program}
# Completion of ${program} in zsh: source <(${program} completion zsh)
${name}() {
  local command='' word previous="\${words[CURRENT-1]}"
  local -a shown
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$command $word" in
      (*' --') _default; return ;;
      (${pathsOf(words).map(asPattern).join('|')}) command="\${command:+$command }$word" ;;
    esac
  done
  if [[ $PREFIX == --*=* ]]; then
    previous="\${PREFIX%%=*}"
    compset -P '*='
  fi
  case "$command $previous" in
${words.flatMap(valueCases).join('\n')}
  esac
  if [[ $PREFIX == -* ]]; then
    case "$command" in
${words.map(({ path, options }) => shown(path, options.flatMap(described))).join('\n')}
    esac
    _describe option shown
    return
  fi
  case "$command" in
${words.map(plainCase).join('\n')}
  esac
  _describe command shown
}
if [[ \${funcstack[1]} == '_${program}' ]]; then ${name} "$@"; else compdef ${name} ${program}; fi
`;
}

function valueCases({ path, options }: CommandWords): string[] {
  return options.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    const patterns = names.map((name) => quoted(`${path} ${name}`)).join('|');
    return [`    (${patterns}) ${offer(value)}; return ;;`];
  });
}

function offer({ choices, isPath }: ValueWords): string {
  if (choices.length > 0) return `shown=(${choices.map(quoted).join(' ')}); _describe value shown`;
  return isPath ? '_files' : '_message value';
}

function plainCase({ path, commands, options, argument }: CommandWords): string {
  if (argument.isPath) return `    (${quoted(path)}) _files; return ;;`;
  const words = [...commands, ...argument.choices.map((text) => ({ text, description: '' }))];
  return shown(path, words.length > 0 ? words : options.flatMap(described));
}

function shown(path: string, words: readonly Word[]): string {
  const items = words.map(({ text, description }) =>
    quoted(description === '' ? text : `${text}:${description.replaceAll(':', '\\:')}`),
  );
  return `    (${quoted(path)}) shown=(${items.join(' ')}) ;;`;
}

function described({ names, description }: OptionWords): Word[] {
  return names.map((text) => ({ text, description }));
}

function asPattern(path: string): string {
  return quoted(path.includes(' ') ? path : ` ${path}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
