import type { Finding } from '../../sdk/diagnostics/failures.ts';

export const CHECKS = [
  'configuration',
  'name',
  'connection',
  'TLS',
  'traces',
  'metrics',
  'recording folder',
  'double',
] as const;

/** `warning`: worth knowing, and telemetry arrives all the same. */
export type CheckStatus = 'ok' | 'warning' | 'failed' | 'skipped';

/** One step, with what it found. */
export interface Check {
  readonly check: (typeof CHECKS)[number];
  readonly status: CheckStatus;
  readonly detail: string;
  /** What to do about it. */
  readonly fix: string | undefined;
}

export function ok(check: Check['check'], detail: string): Check {
  return { check, status: 'ok', detail, fix: undefined };
}

export function skipped(check: Check['check'], detail: string): Check {
  return { check, status: 'skipped', detail, fix: undefined };
}

export function failed(check: Check['check'], { what, fix }: Finding): Check {
  return { check, status: 'failed', detail: what, fix };
}

export function warning(check: Check['check'], { what, fix }: Finding): Check {
  return { check, status: 'warning', detail: what, fix };
}
