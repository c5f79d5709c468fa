import { mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `remove-home.ts` removes; both run in the process that starts the workers. */
export const OWN_HOME = Symbol.for('mcp-sessionscope.test-home');

/**
 * Gives the run a home folder of its own: servers under test record into it, and what they cannot deliver stays in
 * there, beside nothing of earlier runs and of the user. Workers and child processes have it too.
 */
export default function ownHome(): void {
  // What is large and was built once stays where it is.
  process.env['XDG_CACHE_HOME'] ||= join(homedir(), '.cache');
  const home = mkdtempSync(join(tmpdir(), 'mcp-sessionscope-home-'));
  for (const name of ['HOME', 'USERPROFILE']) process.env[name] = home;
  Object.assign(globalThis, { [OWN_HOME]: home });
}
