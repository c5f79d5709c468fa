import { existsSync, readFileSync } from 'node:fs';
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
  env: Environment,
  signal: 'traces' | 'metrics' | 'logs',
  onProblem: (variable: string, error: unknown) => void,
): Certificates {
  const found: Certificates = {};
  for (const { part, variable, path } of named(env, signal)) {
    try {
      found[part] = readFileSync(path);
    } catch (error) {
      onProblem(variable, error);
    }
  }
  return found;
}

/** The absolute paths of the files that can be read, for a process that reads them itself. */
export function certificateFiles(
  env: Environment,
  signal: 'traces' | 'metrics',
): Partial<Record<keyof Certificates, string>> {
  const readable = named(env, signal).filter(({ path }) => existsSync(path));
  return Object.fromEntries(readable.map(({ part, path }) => [part, path]));
}

type Environment = Readonly<Record<string, string | undefined>>;

function named(env: Environment, signal: 'traces' | 'metrics' | 'logs') {
  return Object.entries(FILES).flatMap(([part, name]) => {
    const variable = [
      `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`,
      `OTEL_EXPORTER_OTLP_${name}`,
    ].find((each) => (env[each] ?? '').trim() !== '');
    if (variable === undefined) return [];
    return [{ part: part as keyof Certificates, variable, path: resolve((env[variable] as string).trim()) }];
  });
}
