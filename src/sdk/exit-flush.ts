import type { Core } from './core.ts';
import { guard } from './diagnostics/guard.ts';

const live = new Set<Core>();

/**
 * Managers that were not shut down when the process exits. Nothing can be awaited then, but sessions get their end, the
 * `file` exporter, which writes synchronously, gets the last batch, and what `otlp-http` has not delivered is handed to
 * a process that outlives this one. One listener, whatever the number of managers.
 */
export const flushAtExit = {
  add(core: Core): void {
    if (live.size === 0) process.on('exit', onExit);
    live.add(core);
  },
  delete(core: Core): void {
    live.delete(core);
    if (live.size === 0) process.off('exit', onExit);
  },
  /** The same for who ends the process in a way that no exit is told of. */
  now(cores: readonly Core[] = [...live]): void {
    for (const core of cores) this.delete(core);
    endAll(cores);
  },
};

function onExit(): void {
  endAll([...live]);
}

function endAll(cores: readonly Core[]): void {
  for (const core of cores) guard('the flush at exit', () => core.endNow('process_exit'));
  for (const core of cores) guard('the last report', () => core.close('exit'));
}
