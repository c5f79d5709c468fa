import { resolve } from 'node:path';
import type { SignalDestination } from '../config/resolve.ts';
import { type Ending, ExportMonitor, type Outage } from './export-monitor.ts';
import { defaultRecordingDir } from './recording-dir.ts';

/** One monitor per destination: a folder that cannot be written is said once, not once per signal. */
export class Monitors {
  readonly #byTarget = new Map<string, ExportMonitor>();
  readonly #outages = new Map<string, Outage>();

  of(destination: SignalDestination): ExportMonitor {
    const target = targetName(destination);
    const monitor = this.#byTarget.get(target) ?? new ExportMonitor(target, this.#outageOf(destination));
    this.#byTarget.set(target, monitor);
    return monitor;
  }

  closing(): void {
    for (const monitor of this.#byTarget.values()) monitor.closing();
  }

  close(ending: Ending): void {
    for (const monitor of this.#byTarget.values()) monitor.close(ending);
  }

  /** That a receiver is away is said once, not once per signal. */
  #outageOf(destination: SignalDestination): Outage {
    const origin = destination.kind === 'otlp-http' ? new URL(destination.url).origin : destination.kind;
    const outage = this.#outages.get(origin) ?? { isTold: false };
    this.#outages.set(origin, outage);
    return outage;
  }
}

/** The folder that recordings are written to. Absolute: the application may change its working directory. */
export function recordingDirOf(dir: string | undefined): string {
  return resolve(dir ?? defaultRecordingDir());
}

function targetName(destination: SignalDestination): string {
  if (destination.kind === 'otlp-http') {
    const { origin, pathname } = new URL(destination.url);
    return `${origin}${pathname}`;
  }
  return destination.kind === 'file' ? recordingDirOf(destination.dir) : destination.kind;
}
