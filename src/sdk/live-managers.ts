import { logOnce } from './diagnostics/log.ts';
import { processWide } from './process-wide.ts';

export function countLive(change: 1 | -1): void {
  liveManagers().count += change;
}

/** A factory that makes a manager per server goes unnoticed until the process is full of them. */
export function sayIfMany(): void {
  if (liveManagers().count >= 10) {
    logOnce('10 managers are alive in this process: build one TelemetryManager for the servers of a factory');
  }
}

function liveManagers(): { count: number } {
  return processWide('live-managers', () => ({ count: 0 }));
}
