import { expect, test } from '@jest/globals';
import type { TracerProvider } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { serviceOf } from '../../../src/sdk/export/service-of.ts';

const withResource = (attributes: Parameters<typeof resourceFromAttributes>[0]): NodeTracerProvider =>
  new NodeTracerProvider({ resource: resourceFromAttributes(attributes) });

test('the service of a provider is that of its resource, detectors or not', () => {
  const named = { 'service.name': 'weather', 'service.namespace': 'shop' };
  const weather = { name: 'weather', namespace: 'shop' };
  expect(serviceOf(withResource(named))).toEqual(weather);
  expect(serviceOf(withResource({ ...named, 'host.id': Promise.resolve('h') }))).toEqual(weather);
  expect(serviceOf(withResource({ 'service.name': 'weather' }))).toEqual({
    ...weather,
    namespace: undefined,
  });
});

test('a provider that shows no service has none', () => {
  const tracer = new NodeTracerProvider().getTracer('t');
  const mute: TracerProvider = { getTracer: () => tracer };
  const broken = Object.defineProperty({ ...mute }, 'resource', {
    get: () => {
      throw new Error('no resource today');
    },
  });
  for (const provider of [undefined, mute, broken]) expect(serviceOf(provider)).toBeUndefined();
});
