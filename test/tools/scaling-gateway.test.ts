import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import * as semconv from '../../src/sdk/signals/semconv.ts';
import { DEFAULT_SHARE } from '../system/scaling/share.ts';

const STACK = join(__dirname, '../../examples/stack');
const read = (path: string): string => readFileSync(join(STACK, path), 'utf8');
const VARIABLE = /\$\{env:(\w+)(?::-([^}]*))?\}/g;
/** A configuration with the defaults of its variables. */
const config = (name: string): any =>
  parse(read(`gateway/${name}.yaml`).replace(VARIABLE, (_, __, value) => value));

const CONFIGS = ['agent', 'gateway', 'sampler'];
const KINDS = ['receivers', 'processors', 'exporters'];
const typeOf = (component: string): string => component.split('/')[0]!;

describe.each(CONFIGS)('examples/stack/gateway/%s.yaml', (name) => {
  it('uses every component that it defines, and defines every one that it uses', () => {
    const { service, ...parts } = config(name);
    for (const kind of KINDS) {
      const used = Object.values<any>(service.pipelines).flatMap((pipeline) => pipeline[kind] ?? []);
      expect([...new Set(used)].sort()).toEqual(Object.keys(parts[kind]).sort());
    }
    expect([...service.extensions].sort()).toEqual(Object.keys(parts.extensions).sort());
  });

  it('has a default for every variable', () => {
    for (const [text, , value] of read(`gateway/${name}.yaml`).matchAll(VARIABLE)) {
      expect([text, value]).toEqual([text, expect.stringMatching(/./)]);
    }
  });

  it('refuses before memory runs out, ahead of everything else', () => {
    for (const pipeline of Object.values<any>(config(name).service.pipelines)) {
      expect(pipeline.processors[0]).toBe('memory_limiter');
    }
  });
});

describe('the gateway', () => {
  it.each(CONFIGS)('needs no part for the %s that the native Collector lacks', (name) => {
    const manifest = parse(read('build/collector.yaml'));
    const modules = [...KINDS, 'extensions']
      .flatMap((kind) => manifest[kind])
      .map(({ gomod }) => gomod.split(' ')[0].split('/').at(-1));
    const kinds = { receivers: 'receiver', processors: 'processor', exporters: 'exporter', extensions: '' };
    for (const [kind, suffix] of Object.entries(kinds)) {
      for (const component of Object.keys(config(name)[kind])) {
        const base = typeOf(component).replaceAll('_', '');
        const wanted = base === 'healthcheck' ? 'healthcheckextension' : base + suffix;
        expect(modules).toContain(wanted);
      }
    }
  });

  it('keeps on disk what the agent cannot send, for as long as it takes', () => {
    for (const exporter of Object.values<any>(config('agent').exporters)) {
      expect(exporter.sending_queue.storage).toBe('file_storage');
      expect(exporter.retry_on_failure.max_elapsed_time).toBe(0);
    }
  });

  it('stores what is kept as the Collector of the stack does, and keeps on disk what it cannot store', () => {
    const { clickhouse } = config('sampler').exporters;
    const { timeout: _, sending_queue: queue, ...settings } = clickhouse;
    const stack = parse(read('collector.yaml').replace(VARIABLE, (_, __, value) => value));
    expect(stack.exporters.clickhouse).toMatchObject(settings);
    expect(settings).toMatchObject({ create_schema: false, retry_on_failure: { max_elapsed_time: 0 } });
    expect(queue.storage).toBe('file_storage');
  });

  it('brings all spans of a trace to one sampler, and queues before it chooses', () => {
    const { load_balancing: balancer } = config('gateway').exporters;
    expect(balancer.routing_key).toBe('traceID');
    expect(balancer.routing_attributes).toBeUndefined();
    expect(Object.keys(balancer.resolver)).toEqual(['dns']);
    expect(balancer.protocol.otlp.endpoint).toBeUndefined();
    expect(balancer.protocol.otlp.sending_queue.enabled).toBe(false);
    expect(balancer.sending_queue.queue_size).toBeGreaterThan(0);
  });

  it('samples no metrics', () => {
    expect(config('gateway').service.pipelines.metrics.exporters).toEqual(['otlphttp/metrics']);
    expect(Object.keys(config('sampler').service.pipelines)).toEqual(['traces']);
  });

  it('decides when spans arrive, and remembers only what is kept', () => {
    const { tail_sampling: sampling } = config('sampler').processors;
    expect(sampling.sampling_strategy).toBe('span-ingest');
    expect(sampling.decision_cache.non_sampled_cache_size).toBe(0);
    expect(sampling.decision_cache.sampled_cache_size).toBeGreaterThan(10 * sampling.num_traces);
  });

  it('keeps by attributes that the package emits, and by the share that the tools compute with', () => {
    const text = JSON.stringify(config('sampler').processors.tail_sampling.policies);
    const names = Object.values<unknown>(semconv).filter((value) => typeof value === 'string');
    const used = [...text.matchAll(/attributes\[\\"([^"\\]+)\\"\]|"key":"([^"]+)"/g)].map(
      ([, a, b]) => a ?? b,
    );
    expect(used).toHaveLength(6);
    for (const name of used) expect(names).toContain(name);
    expect(text.split(DEFAULT_SHARE)).toHaveLength(3);
  });
});

describe('examples/stack/gateway/compose.yaml', () => {
  const services = Object.entries<any>(parse(read('gateway/compose.yaml'), { merge: true }).services);

  it('changes the stack by a gateway and two samplers', () => {
    expect(services.map(([name]) => name)).toEqual(['collector', 'gateway', 'sampler']);
    expect(parse(read('compose.yaml')).services).toHaveProperty('collector');
    expect(services[2]?.[1].deploy.replicas).toBe(2);
  });

  it('takes versions from the one place and publishes no port', () => {
    for (const [name, { image, ports }] of services) {
      if (name !== 'collector') expect(image).toMatch(/:\$\{COLLECTOR_VERSION:\?\}$/);
      expect(ports).toBeUndefined();
    }
  });

  it('waits for the health only of what the stack checks', () => {
    const checked = Object.entries<any>(parse(read('compose.yaml'), { merge: true }).services)
      .filter(([, { healthcheck }]) => healthcheck !== undefined)
      .map(([name]) => name);
    const awaited = services.flatMap(([, { depends_on: others }]) =>
      Object.entries<any>(others ?? {})
        .filter(([, { condition }]) => condition === 'service_healthy')
        .map(([name]) => name),
    );
    expect(awaited).toHaveLength(2);
    expect(checked).toEqual(expect.arrayContaining(awaited));
  });

  it('mounts files that exist, and sets variables that they read', () => {
    for (const [, { volumes, environment }] of services) {
      const [host] = volumes[0].split(':');
      expect(existsSync(join(STACK, host))).toBe(true);
      const known = [...read(host).matchAll(VARIABLE)].map(([, name]) => name);
      expect(known).toEqual(expect.arrayContaining(Object.keys(environment)));
    }
  });
});
