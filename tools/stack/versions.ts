import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder with the stack's configuration, `examples/stack`. */
export const STACK_FOLDER = fileURLToPath(new URL('../../examples/stack', import.meta.url));
/** The one place that names versions; docker compose reads it too. */
export const VERSIONS_FILE = `${STACK_FOLDER}/.env`;
/** What the Collector is made of, for its builder. */
export const COLLECTOR_MANIFEST = `${STACK_FOLDER}/build/collector.yaml`;
/** The package with ClickHouse's engine, and its lock file: no dependency of this one, for it is large. */
export const CLICKHOUSE_PACKAGE = `${STACK_FOLDER}/build/clickhouse`;

const NAMES = [
  'GO_VERSION',
  'COLLECTOR_VERSION',
  'COLLECTOR_STABLE_VERSION',
  'CLICKHOUSE_VERSION',
  'CLICKHOUSE_PLUGIN_VERSION',
  'PROMETHEUS_VERSION',
  'PROMETHEUS_MODULE_VERSION',
  'JAEGER_VERSION',
  'JAEGER_MODULE_VERSION',
  'GRAFANA_VERSION',
  'NODE_VERSION',
] as const;

export type Versions = Record<(typeof NAMES)[number], string>;

/** Reads lines of `NAME=1.2.3`; throws where a name is missing, unknown or no plain version. */
export function parseVersions(text: string): Versions {
  const found: Partial<Versions> = {};
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, version] = /^([A-Z_]+)=(\d+\.\d+\.\d+)$/.exec(line) ?? [];
    if (name === undefined || version === undefined) throw new Error(`no version: ${line}`);
    if (!isName(name)) throw new Error(`nothing of the stack has the version ${name}`);
    if (found[name] !== undefined) throw new Error(`${name} is given twice`);
    found[name] = version;
  }
  const missing = NAMES.filter((name) => found[name] === undefined);
  if (missing.length > 0) throw new Error(`no version is given for ${missing.join(', ')}`);
  return found as Versions;
}

/** The versions that are in force. */
export function readVersions(): Versions {
  return parseVersions(readFileSync(VERSIONS_FILE, 'utf8'));
}

function isName(name: string): name is keyof Versions {
  return (NAMES as readonly string[]).includes(name);
}
