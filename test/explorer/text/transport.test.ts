import { expect, test } from '@jest/globals';
import { transportText } from '../../../src/explorer/text/transport.ts';

test('transports have the words that MCP has for them', () => {
  expect(transportText({ transport: 'tcp' })).toBe('HTTP');
  expect(transportText({ transport: 'pipe' })).toBe('stdio');
  expect(transportText({ transport: 'inproc' })).toBe('in-memory');
  expect(transportText({ transport: 'carrier-pigeon' })).toBe('carrier-pigeon');
  expect(transportText({ transport: 'constructor' })).toBe('constructor');
});

test('a connection without a transport on the wire is in memory, where this package recorded it', () => {
  expect(transportText({ source: 'connection' })).toBe('in-memory, or of its own kind');
  expect(transportText({ source: 'connection', sender: 'fastmcp' })).toBeUndefined();
  expect(transportText({ source: 'inferred' })).toBeUndefined();
});
