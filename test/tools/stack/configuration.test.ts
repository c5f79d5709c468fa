import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { PORTS, portsAt } from '../../../tools/stack/ports.ts';
import { BUILT } from '../../../tools/stack/recipes.ts';
import { configEnvironment, SERVICES, serviceOf } from '../../../tools/stack/services.ts';
import { STACK_FOLDER } from '../../../tools/stack/versions.ts';

const FILES = ['collector.yaml', 'jaeger.yaml', 'prometheus.yaml'];
/** What a user or a test may set, and the native stack does not. */
const OPTIONAL = [
  'STACK_COLLECTOR_QUEUE_SIZE',
  'STACK_COLLECTOR_FSYNC',
  'STACK_CLICKHOUSE_USER',
  'STACK_CLICKHOUSE_PASSWORD',
];

const read = (name: string): string => readFileSync(join(STACK_FOLDER, name), 'utf8');
const given = configEnvironment({ ports: portsAt(0), dataDir: '/data' });
const plan = (services = SERVICES.filter((name) => name !== 'traffic')) => ({
  binaries: Object.fromEntries(BUILT.map((name) => [name, `/bin/${name}`])) as Record<
    (typeof BUILT)[number],
    string
  >,
  ports: portsAt(0),
  dataDir: '/data',
  services,
});

describe('the configuration files', () => {
  test.each(FILES)(
    '%s reads no variable that the native stack does not set, and has a default for each',
    (file) => {
      const used = [...read(file).matchAll(/\$\{(?:env:)?(\w+)(:-[^}]+)?\}/g)];
      for (const [, name, fallback] of used) {
        expect([...Object.keys(given), ...OPTIONAL]).toContain(name);
        expect(fallback).toBeDefined();
      }
    },
  );

  test('use every variable that the native stack sets', () => {
    const all = FILES.map(read).join('\n');
    for (const name of Object.keys(given)) expect(all).toContain(name);
  });

  test.each(FILES)('%s is YAML', (file) => {
    expect(Object.keys(parse(read(file), { merge: true }))).not.toHaveLength(0);
  });

  test('send a full batch of the Collector to queues on disk that retry without end', () => {
    const { exporters } = parse(read('collector.yaml'), { merge: true });
    expect(Object.keys(exporters)).toEqual(['clickhouse', 'otlp/jaeger', 'otlphttp/prometheus']);
    for (const exporter of Object.values<Record<string, Record<string, unknown>>>(exporters)) {
      expect(exporter['sending_queue']?.['storage']).toBe('file_storage');
      expect(exporter['retry_on_failure']?.['max_elapsed_time']).toBe(0);
    }
  });

  test('provision the data sources under the ids that the alert rules name', () => {
    const { datasources } = parse(read('grafana/provisioning/datasources/stack.yaml'));
    expect(datasources.map(({ uid, type }: { uid: string; type: string }) => [uid, type])).toEqual([
      ['prometheus', 'prometheus'],
      ['clickhouse', 'grafana-clickhouse-datasource'],
      ['jaeger', 'jaeger'],
    ]);
    const alerts = readFileSync(join(STACK_FOLDER, '../../dashboards/alerts/grafana-alerting.yaml'), 'utf8');
    const named = [...alerts.matchAll(/datasourceUid: (\S+)/g)].map(([, uid]) => uid);
    expect(new Set(named)).toEqual(new Set(['prometheus', '__expr__']));
  });
});

describe('the native services', () => {
  test('listen on loopback only', () => {
    for (const name of SERVICES) {
      const { env, args, ready } = serviceOf(name, plan());
      expect(JSON.stringify([env, args, ready])).not.toContain('0.0.0.0');
    }
    expect(given['STACK_LISTEN_HOST']).toBe('127.0.0.1');
  });

  test('listen on every port of the list, each on its own', () => {
    const listens = SERVICES.flatMap((name) => serviceOf(name, plan()).listens);
    expect([...listens].sort()).toEqual(Object.keys(PORTS).sort());
    expect(new Set(Object.values(PORTS)).size).toBe(listens.length);
  });

  test('let the Collector keep nothing for a service that does not run', () => {
    expect(serviceOf('collector', plan()).args.join(' ')).not.toContain('exporters');
    const without = serviceOf('collector', plan(['prometheus', 'jaeger', 'collector'])).args;
    expect(without).toContain(
      '--config=yaml:service::pipelines::traces::exporters: [otlp/jaeger, spanmetrics]',
    );
  });
});
