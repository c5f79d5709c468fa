import { constants } from 'node:os';

/** Signals that leave the memory of the process behind in a file: ours is of no use to anybody. */
const WITH_CORE: ReadonlySet<NodeJS.Signals> = new Set([
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGIOT',
  'SIGBUS',
  'SIGFPE',
  'SIGSEGV',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGSYS',
]);

/**
 * Ends this process as another one has ended: with its exit code, or by its signal, so that whoever looks sees no
 * difference. Where a signal cannot do that, or would leave a core dump, the exit code is what a shell has for it.
 */
export function endLike({ code, signal }: { code: number | null; signal: NodeJS.Signals | null }): void {
  if (signal === null) process.exit(code ?? 1);
  const shellCode = 128 + constants.signals[signal];
  // A process that is the first of its container is not ended by its own signals.
  if (process.platform !== 'win32' && process.pid !== 1 && !WITH_CORE.has(signal)) {
    process.removeAllListeners(signal);
    // After all others have done what they do at the exit.
    process.on('exit', () => process.kill(process.pid, signal));
  }
  process.exit(shellCode);
}
