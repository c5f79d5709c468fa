import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** PEM texts as Node's TLS takes them. */
export interface Certificates {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

const FILES = { ca: 'CERTIFICATE', cert: 'CLIENT_CERTIFICATE', key: 'CLIENT_KEY' } as const;

/**
 * What the `OTEL_EXPORTER_OTLP_*` certificate variables name; those of the signal come first.
 *
 * @param onProblem - told the variable whose file cannot be read, which counts as unset
 */
export function readCertificates(
  env: Readonly<Record<string, string | undefined>>,
  signal: 'traces' | 'metrics',
  onProblem: (variable: string, error: unknown) => void,
): Certificates {
  const found: Certificates = {};
  for (const [part, name] of Object.entries(FILES)) {
    const variable = [
      `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`,
      `OTEL_EXPORTER_OTLP_${name}`,
    ].find((each) => (env[each] ?? '').trim() !== '');
    if (variable === undefined) continue;
    try {
      found[part as keyof Certificates] = readFileSync(resolve((env[variable] as string).trim()));
    } catch (error) {
      onProblem(variable, error);
    }
  }
  return found;
}
