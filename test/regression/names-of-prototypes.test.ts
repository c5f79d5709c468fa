import { expect, test } from '@jest/globals';
import { lookUp } from '../../src/explorer/text/look-up.ts';
import { millisOf } from '../../src/explorer/text/time-input.ts';
import { runCli } from '../cli/support.ts';
import { otlpLine, sessionSpan, withRecording } from '../explorer/support.ts';

const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

// The table of sources gave a function for `constructor`, and an object for `__proto__`.
test.each(NAMES)('a session whose source and transport are called %s is shown', async (name) => {
  const start = sessionSpan('start', 0, 0, {
    'mcp.client.session.source': name,
    'network.transport': name,
    'mcp.protocol.version': '2025-11-25',
  });
  await withRecording({ 'x.traces.jsonl': otlpLine([start]) }, async (dir) => {
    const { code, stdout, stderr } = await runCli(['sessions', dir, '--session', 's']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Source    ${name}\n`);
    expect(stdout).toContain(`2025-11-25, ${name}\n`);
  });
});

test.each(NAMES)('%s is an entry of no table, and no unit of time', (name) => {
  expect(lookUp({ known: 1 }, name)).toBeUndefined();
  expect(millisOf(`5 ${name.replaceAll('_', '')}`)).toBeUndefined();
});
