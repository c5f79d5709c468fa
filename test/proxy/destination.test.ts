import { expect, test } from '@jest/globals';
import { destination } from '../../src/proxy/destination.ts';

test('with nothing said, what passes is recorded in the folder that the page shows', () => {
  expect(destination({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, undefined)).toEqual({ exporterType: 'file' });
});

test('an endpoint in the environment is where it goes', () => {
  expect(destination({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, undefined)).toEqual({});
});

test('a folder that is named wins', () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
  expect(destination(env, 'here')).toEqual({ exporterType: 'file', exporterEndpoint: 'here' });
});
