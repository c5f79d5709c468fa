import type { TelemetryConfig } from '../types.ts';
import type { Environment } from './environment.ts';

/** Whether code or environment name the service, so that servers have nothing to say about it. Asked for every server. */
export function isServiceNamed(
  { serverName, resourceAttributes }: TelemetryConfig,
  env: Environment,
): boolean {
  if (serverName !== undefined || resourceAttributes?.['service.name'] !== undefined) return true;
  const { OTEL_SERVICE_NAME: name = '', OTEL_RESOURCE_ATTRIBUTES: attributes = '' } = env;
  return name.trim() !== '' || /(?:^|,)\s*service\.name\s*=/.test(attributes);
}
