/** The exit codes that a shell expects. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Calls `stop` on Ctrl-C and SIGTERM, with the exit code that the shell expects.
 *
 * @param listen - `once`: a second signal ends the process as it does where nobody listens
 */
export function onStopSignals(listen: 'on' | 'once', stop: (code: number) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process[listen](signal, () => stop(EXIT_CODES[signal]));
}
