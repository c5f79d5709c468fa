import { loadSdk } from './load-sdk.cjs';
import type { Probe, ProbeResult } from './probe.ts';

/** Loads the OpenTelemetry SDK and sends one span or data point with it. */
export async function sendProbe(probe: Probe): Promise<ProbeResult> {
  return loadSdk().probeExport(probe);
}
