import type { ResolvedConfig } from '../config/resolve.ts';
import { loadSdk } from './load-sdk.cjs';
import type { Probe, ProbeResult } from './probe.ts';

/** Loads the OpenTelemetry SDK and sends one span or data point with it. */
export async function sendProbe(probe: Probe): Promise<ProbeResult> {
  return loadSdk().probeExport(probe);
}

/** What may surprise about providers that are registered in this process: what NODE_OPTIONS loads may do that. */
export function linesAboutProviders(config: ResolvedConfig): string[] {
  return loadSdk().linesAboutProviders(config);
}
