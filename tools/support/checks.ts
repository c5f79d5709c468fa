/** Something that must hold, with what was found. */
export interface Check {
  ok: boolean;
  name: string;
  found: string;
}

const MOST_SHOWN = 3;

/** Prints a line for each, and how many passed; sets the exit code to 1 where one failed. */
export function reportChecks(checks: readonly Check[]): void {
  for (const { ok, name, found } of checks) console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}: ${found}`);
  const failed = checks.filter(({ ok }) => !ok).length;
  console.log(`${checks.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

/** The first few tell enough. */
export function some(problems: readonly string[]): string {
  const more = problems.length - MOST_SHOWN;
  return [...problems.slice(0, MOST_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
