import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { COLLECTOR_FLAGS, PROMETHEUS_FLAGS } from '../../../tools/stack/services.ts';
import { readVersions, STACK_FOLDER } from '../../../tools/stack/versions.ts';

interface ComposeService {
  image: string;
  build?: { context: string; dockerfile: string };
  command: string[];
  volumes?: string[];
  ports?: string[];
  network_mode?: string;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[] };
}

const compose: { services: Record<string, ComposeService>; volumes: Record<string, null> } = parse(
  readFileSync(join(STACK_FOLDER, 'compose.yaml'), 'utf8'),
  { merge: true },
);
const services = Object.entries(compose.services);

describe('compose.yaml', () => {
  test('brings every part of the stack', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'clickhouse',
      'collector',
      'collector-health',
      'example',
      'grafana',
      'jaeger',
      'prometheus',
      'traffic',
    ]);
  });

  test.each(services)('%s runs an image whose version .env gives', (_name, { image, build }) => {
    if (build !== undefined) {
      expect(existsSync(resolve(STACK_FOLDER, build.context, build.dockerfile))).toBe(true);
      return;
    }
    const [, variable] = /^[\w./-]+:v?\$\{(\w+):\?\}(?:-slim)?$/.exec(image) ?? [];
    expect(Object.keys(readVersions())).toContain(variable);
  });

  test.each(services)('%s mounts what exists, and only to read', (_name, { volumes = [] }) => {
    for (const [source, , mode] of volumes.map((volume) => volume.split(':'))) {
      if (source?.startsWith('.') !== true) expect(Object.keys(compose.volumes)).toContain(source);
      else expect([existsSync(resolve(STACK_FOLDER, source)), mode]).toEqual([true, 'ro']);
    }
  });

  test('publishes ports on loopback alone, none of them twice', () => {
    const published = services.flatMap(([, { ports = [] }]) => ports);
    expect(published.length).toBeGreaterThan(5);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(new Set(published).size).toBe(published.length);
  });

  test.each(services)('%s is checked, or another service of its network checks it', (name, service) => {
    const { healthcheck } = service;
    if (healthcheck === undefined) {
      const watcher = compose.services[`${name}-health`];
      expect(watcher?.network_mode).toBe(`service:${name}`);
      expect(watcher?.healthcheck?.test?.join(' ')).toContain('http://127.0.0.1:');
    } else expect(healthcheck.test?.[0]).toBe('CMD');
  });

  test.each(services)('%s waits only for services whose health is known', (_name, { depends_on = {} }) => {
    for (const [name, { condition }] of Object.entries(depends_on)) {
      expect(condition).toBe('service_healthy');
      expect(compose.services[name]?.healthcheck?.test).toBeDefined();
    }
  });

  test('gives Prometheus and the Collector the flags that the native stack gives them', () => {
    expect(compose.services['prometheus']?.command).toEqual(expect.arrayContaining([...PROMETHEUS_FLAGS]));
    expect(compose.services['collector']?.command).toEqual(expect.arrayContaining([...COLLECTOR_FLAGS]));
  });

  test('keeps the relative path from prometheus.yaml to the alert rules', () => {
    const { rule_files: rules } = parse(readFileSync(join(STACK_FOLDER, 'prometheus.yaml'), 'utf8'));
    const mounts = (compose.services['prometheus']?.volumes ?? []).map((volume) => volume.split(':'));
    for (const rule of rules) {
      const inContainer = resolve('/etc/stack/examples/stack', rule);
      const mount = mounts.find(([, target]) => inContainer.startsWith(`${target}/`));
      expect(resolve(STACK_FOLDER, mount?.[0] ?? '')).toBe(resolve(STACK_FOLDER, rule, '..'));
      expect(existsSync(resolve(STACK_FOLDER, rule))).toBe(true);
    }
  });
});
