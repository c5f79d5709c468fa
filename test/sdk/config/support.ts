import { type ResolvedConfig, resolveConfig } from '../../../src/sdk/config/resolve.ts';
import type { TelemetryConfig } from '../../../src/sdk/types.ts';

/** The configuration that code and environment make, and what was said of it. */
export function resolve(
  config: TelemetryConfig = {},
  env: Record<string, string> = {},
): { resolved: ResolvedConfig; warnings: string[] } {
  const warnings: string[] = [];
  const resolved = resolveConfig(config, env, (message) => warnings.push(message));
  return { resolved, warnings };
}

/** How is sent where the environment says nothing of it. */
export const SENT = { timeoutMs: 10_000, compression: 'none' };
