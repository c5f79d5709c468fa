import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isSpecMethod } from '../../src/sdk/protocol/methods.ts';
import * as semconv from '../../src/sdk/signals/semconv.ts';
import registry from '../fixtures/conventions/mcp.json';
import { STANDING, verdictOn, type Where } from './conventions.ts';

const KNOWN = new Set<unknown>(Object.values(semconv));
/** No SDK accepts another version than `2.0`; a template attribute has no constant of its own. */
const NO_CONSTANT = ['jsonrpc.protocol.version', 'gen_ai.prompt.variable.<name>'];

/** Every attribute and metric of the registry that applies to what this package records, with its place. */
function registered(): { where: Where; name: string }[] {
  const places: { where: Where; name: string }[] = [];
  const add = (where: Where, names: object): void => {
    for (const name of Object.keys(names)) places.push({ where, name: ourName(name) });
  };
  for (const { attributes } of Object.values(registry.spans)) add('spans', attributes);
  add('operation metrics', registry.metrics['mcp.server.operation.duration'].attributes);
  add('operation metrics', registry.metrics['mcp.client.operation.duration'].attributes);
  add('session metrics', registry.metrics['mcp.server.session.duration'].attributes);
  add('metrics', registry.metrics);
  return places;
}

/** A template attribute is written with what stands in for its last part. */
function ourName(name: string): string {
  const { type } = (registry.attributes as Record<string, { type: string }>)[name] ?? {};
  return type?.startsWith('template') ? `${name}.<name>` : name;
}

describe('what the conventions name', () => {
  test.each(registered())('$name ($where) is conformed to, or deviated from', ({ where, name }) => {
    expect(['conforms', 'deviates']).toContain(verdictOn(where, name));
    if (!NO_CONSTANT.includes(name)) expect(KNOWN).toContain(name);
  });

  test('is all that counts as conformed to or deviated from, and the rest goes beyond', () => {
    const named = new Set(registered().map(({ where, name }) => `${where}: ${name}`));
    for (const { where, names, verdict } of STANDING) {
      if (where === 'behaviour') continue;
      for (const name of names) {
        expect({ name, verdict, named: named.has(`${where}: ${name}`) }).toEqual({
          name,
          verdict,
          named: verdict !== 'goes beyond',
        });
        if (verdict === 'goes beyond') expect(KNOWN).toContain(name);
      }
    }
  });

  test('has its buckets here, and those of sessions go on', () => {
    for (const { boundaries } of Object.values(registry.metrics)) {
      expect(semconv.DURATION_BUCKETS).toEqual(boundaries);
      expect(semconv.SESSION_DURATION_BUCKETS.slice(0, boundaries.length)).toEqual(boundaries);
    }
  });

  test('has no method that is unknown here', () => {
    const { values } = registry.attributes['mcp.method.name'];
    expect(values.length).toBeGreaterThan(20);
    expect(values.filter((method) => !isSpecMethod(method))).toEqual([]);
  });
});

describe('docs/telemetry.md', () => {
  const page = readFileSync(join(__dirname, '../../docs/telemetry.md'), 'utf8');
  const section = page.split(/^## /m).find((text) => text.startsWith('The conventions\n')) ?? '';
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    )
    .slice(1);

  test('has a row for each name of the table, with the same verdict, and no other', () => {
    const told = rows.flatMap(([names = '', where, verdict]) =>
      names.split(', ').map((name) => `${name.replaceAll('`', '')} (${where}): ${verdict}`),
    );
    const expected = STANDING.flatMap(({ names, where, verdict }) =>
      names.map((name) => `${name} (${where}): ${verdict}`),
    );
    expect([...told].sort()).toEqual([...expected].sort());
  });

  test('says why wherever it does not simply conform', () => {
    for (const [names, , verdict, why = ''] of rows) {
      if (verdict !== 'conforms')
        expect({ names, why }).toEqual({ names, why: expect.stringMatching(/\w{2}.* /) });
    }
  });

  test('names the source of the registry', () => {
    expect(section).toContain(registry.source.repository);
  });
});
