import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';

/** What others send to a process to have it do something. Those of other platforms never come. */
const PASSED: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGBREAK',
];

/** What a terminal sends for its keys, to all processes in front. */
const OF_KEYS: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

/**
 * Calls `pass` for each signal that this process gets, and keeps the process: what a signal does to it is for the server
 * to decide. A terminal sends the signals of its keys to the server too, which is not to get them twice: where this
 * process is in front of one, the first of a kind counts as the terminal's. A second one is passed on in any case.
 *
 * @returns ends that.
 */
export function passSignals(
  pass: (signal: NodeJS.Signals) => void,
  isInFront: () => boolean = isInFrontOfTerminal,
): () => void {
  const seen = new Set<NodeJS.Signals>();
  const listener = (signal: NodeJS.Signals): void => {
    // A console of Windows reaches all of its processes, and what is sent otherwise would end the server at once.
    if (process.platform === 'win32') return;
    const isSecond = seen.has(signal);
    seen.add(signal);
    if (isSecond || !OF_KEYS.has(signal) || !isInFront()) pass(signal);
  };
  for (const signal of PASSED) process.on(signal, listener);
  return () => {
    for (const signal of PASSED) process.off(signal, listener);
  };
}

/** Whether the keys of a terminal reach this process, and with it the server. */
function isInFrontOfTerminal(): boolean {
  try {
    // Behind the name, which may hold anything: state, parent, group, session, terminal, the group in front of it.
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , , front] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === front;
  } catch {
    // Not Linux.
    return [0, 1, 2].some((fd) => isatty(fd));
  }
}
