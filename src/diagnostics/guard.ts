import { logLine } from './log.ts';

const MAX_REPORTS = 20;
const reported = new Set<string>();

/**
 * Runs a piece of telemetry; whatever it throws ends here and never reaches the server.
 * The only try/catch around telemetry. Each message is said once, and at most twenty of them.
 */
export function guard<T>(what: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    reportFailure(`${what} failed, the request goes on`, error);
    return undefined;
  }
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
