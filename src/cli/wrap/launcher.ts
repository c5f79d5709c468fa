import { PACKAGE_NAME, PACKAGE_VERSION } from '../../sdk/version.ts';

/** A word that starts this package: its name, with a version or not, or a path to or into it. */
const OURS = new RegExp(
  `(?:^|[\\\\/])${PACKAGE_NAME}(?:@[^\\\\/]*)?(?:\\.(?:cmd|exe|ps1))?(?:[\\\\/].*)?$`,
  'is',
);
/** `cmd /c npx -y` and as many options of it: ours is among the first words of a command, or not at all. */
const MAX_BEFORE = 8;

const NPX = ['npx', '-y', `${PACKAGE_NAME}@${compatibleVersions(PACKAGE_VERSION)}`];

/** What `cmd.exe` would act on where it stands in the arguments of a server. */
export const ACTS_ON_CMD = /[&|<>^%"\r\n]/;

/**
 * What is put before `run -- COMMAND`, unless the user names something else. It works without a global installation.
 * On Windows `npx` is a script, which not every client can start by itself: `cmd /c` is what the clients' own documents
 * have people write (https://github.com/modelcontextprotocol/servers#using-an-mcp-client).
 */
export function defaultLauncher(platform: NodeJS.Platform): readonly string[] {
  return platform === 'win32' ? ['cmd', '/c', ...NPX] : NPX;
}

/** Whether the words of `--command` start this package, so that `unwrap` finds them again. */
export function startsUs(words: readonly string[]): boolean {
  const last = words.at(-1);
  return last !== undefined && OURS.test(last) && words.length <= MAX_BEFORE;
}

/** Whether `cmd.exe` reads the words that follow. */
export function isReadByCmd([first = '']: readonly string[]): boolean {
  return /^(?:.*[\\/])?cmd(?:\.exe)?$/i.test(first);
}

/**
 * What the words of a server's command say of this package.
 * `{ original }`: it stands before the server's own command, which begins at that word; `undefined` where none follows.
 * `'own'`: the server is this package's own. Nothing: it is not there.
 */
export function ourPart(words: readonly string[]): { original: number | undefined } | 'own' | undefined {
  const at = words.slice(0, MAX_BEFORE).findIndex((word) => OURS.test(word));
  if (at === -1) return undefined;
  if (words[at + 1] === 'mcp') return 'own';
  if (words[at + 1] !== 'run') return undefined;
  const dashes = words.indexOf('--', at + 2);
  return { original: dashes === -1 || dashes + 1 >= words.length ? undefined : dashes + 1 };
}

/** Words as a shell separates them, with its two kinds of quotes; backslashes are parts of paths. */
export function wordsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare!,
  );
}

/**
 * The versions that do the same: `0.1` for 0.1.x, `2` for 2.x. `^0.1.0` would say it too, but `cmd.exe` eats the `^`.
 */
function compatibleVersions(version: string): string {
  const [major = '', minor = ''] = version.split('.');
  return major === '0' ? `0.${minor}` : major;
}
