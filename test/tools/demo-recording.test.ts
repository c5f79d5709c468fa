import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { asOfNow } from '../../src/explorer/server/demo.ts';
import { listRows } from '../cli/support.ts';
import { withRecording } from '../explorer/support.ts';

const PATH = join(__dirname, '../../src/explorer/page/demo.jsonl');
const text = readFileSync(PATH, 'utf8');
const exported: any[] = text
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const batches = exported.flatMap(({ resourceSpans = [] }) => resourceSpans);
const logs = exported.flatMap(({ resourceLogs = [] }) => resourceLogs);
const NOW = Date.UTC(2026, 10, 21, 12);

describe('the recording that comes with the page', () => {
  test('is small', () => {
    expect(statSync(PATH).size).toBeLessThanOrEqual(210_000);
  });

  test('says nothing of the machine that it was made on', () => {
    const keys = new Set(
      [...batches, ...logs].flatMap(({ resource }) =>
        resource.attributes.map(({ key }: { key: string }) => key),
      ),
    );
    expect([...keys].sort()).toEqual([
      'service.instance.id',
      'service.name',
      'service.version',
      'telemetry.sdk.language',
      'telemetry.sdk.name',
      'telemetry.sdk.version',
    ]);
    const ofAMachine =
      /stacktrace|node_modules|file:\/\/\/(?!workspace)|"\/(?:home|root|Users|tmp|var)\b|[A-Z]:\\\\/;
    expect(ofAMachine.exec(text)?.[0]).toBeUndefined();
  });

  test('is shown by the command: clients that came, failed, went, and stayed', async () => {
    const rows = await withRecording({ 'demo.traces.jsonl': asOfNow(text, NOW) }, (dir) => listRows(dir));
    const clients = new Set(rows.map(({ clientName }) => clientName));
    for (const name of ['payment-agent', 'code-editor', 'inspector', 'checkout-bot', 'support-chat'])
      expect(clients).toContain(name);
    expect(new Set(rows.map(({ source }) => source))).toEqual(
      new Set(['connection', 'inferred', 'protocol']),
    );
    const failed = rows.filter(({ errors }) => errors > 0).map(({ clientName }) => clientName);
    expect(failed).toEqual(expect.arrayContaining(['payment-agent', 'inspector']));
    expect(rows.filter(({ endReason }) => endReason === null).length).toBeGreaterThanOrEqual(2);
  });

  test('has a tool that some clients were shown, and others not', () => {
    const listed = batches
      .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }: any) => spans))
      .map((span: any) => Object.fromEntries(span.attributes.map(({ key, value }: any) => [key, value])))
      .filter((attributes) => attributes['mcp.tools.names']?.stringValue.includes('create_payment'));
    const withRefund = listed.filter(({ 'mcp.tools.names': names }) =>
      names.stringValue.includes('refund_payment'),
    );
    expect(withRefund.length).toBeGreaterThan(0);
    expect(withRefund.length).toBeLessThan(listed.length);
  });
});
