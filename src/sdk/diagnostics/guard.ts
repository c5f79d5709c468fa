import { logLine } from './log.ts';

const MAX_REPORTS = 20;
const reported = new Set<string>();

/**
 * Runs a piece of telemetry; whatever it throws ends here and never reaches the server.
 * Around everything of ours that runs on the server's way. Each message is said once, and at most twenty of them.
 */
export function guard<T>(what: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    reportFailure(`${what} failed, the request goes on`, error);
    return undefined;
  }
}

/**
 * Runs a hook of the user's. Its answer is needed at once: a promise counts as none, and one that rejects would end
 * the process if nobody listened.
 */
export function guardHook(what: string, run: () => unknown): unknown {
  return guard(what, () => {
    const answer = run();
    if (!isThenable(answer)) return answer;
    Promise.resolve(answer).catch((error: unknown) =>
      reportFailure(`${what} failed, the request goes on`, error),
    );
    return undefined;
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function';
}

/** @param what failed, and what that means. */
export function reportFailure(what: string, error: unknown): void {
  const line = `${what}: ${describe(error)}`;
  if (reported.has(line) || reported.size >= MAX_REPORTS) return;
  reported.add(line);
  logLine(line);
}

function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'a value that cannot be shown';
  }
}
