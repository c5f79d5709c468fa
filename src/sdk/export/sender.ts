import { spawn } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { mayDo } from './permissions.ts';
import { JOBS_VARIABLE, type Job, SENDER_SCRIPT } from './sender-script.ts';

/** Anything else is a program of its own that has a runtime built in: started again, it would do its work again. */
const RUNTIMES = /^(node|nodejs|bun|deno)(\.exe)?$/i;
/** Of Node's options those that say how to reach a receiver; others load code or listen to a debugger. */
const NETWORK_OPTIONS = /--(use-|tls-|openssl-|dns-)[^\s]*/g;

/**
 * Starts a process that outlives this one and sends files of the spool. It has streams of its own: a client that waits
 * for the end of our stdout does not wait for it. What is secret goes in its environment, which only its user can read.
 *
 * @returns false where no such process can be started
 */
export function startSender(jobs: readonly Job[]): boolean {
  const { env, execPath, pid } = process;
  // With the first process of a container, all others end.
  if (pid === 1 || env[JOBS_VARIABLE] !== undefined || !RUNTIMES.test(basename(execPath))) return false;
  if (!mayDo({ name: 'run', command: execPath }, { name: 'env' })) return false;
  // Deno has no dynamic import in what it takes for Node's -e.
  const network = process.execArgv.join(' ').match(NETWORK_OPTIONS) ?? [];
  const child = spawn(execPath, [...network, 'Deno' in globalThis ? 'eval' : '-e', SENDER_SCRIPT], {
    detached: true,
    stdio: 'ignore',
    // Not the application's, which could not be removed or unmounted then.
    cwd: dirname(jobs[0]?.path ?? execPath),
    windowsHide: true,
    env: {
      ...env,
      NODE_OPTIONS: (env['NODE_OPTIONS'] ?? '').match(NETWORK_OPTIONS)?.join(' ') ?? '',
      [JOBS_VARIABLE]: JSON.stringify(jobs),
    },
  });
  child.on('error', () => {});
  child.unref();
  return child.pid !== undefined;
}
