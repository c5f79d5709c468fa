import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DEFAULTS } from '../../src/config/defaults.ts';
import * as semconv from '../../src/signals/semconv.ts';

const root = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the documents say what the code does', () => {
  test('docs/telemetry.md names every attribute, metric, span and value, and no other', () => {
    const page = read('docs/telemetry.md');
    const emitted = Object.values(semconv).filter((value) => typeof value === 'string');
    for (const name of emitted) expect(page).toContain(name);
    const named = [
      ...page.matchAll(/`((?:mcp|gen_ai|jsonrpc|network|client|user_agent|enduser|rpc)\.[a-z_.]+)`/g),
    ];
    for (const [, name] of named) expect(emitted).toContain(name);
  });

  test('docs/configuration.md has a row for every option, with its default', () => {
    const page = read('docs/configuration.md');
    const types = read('src/types.ts');
    const declaration = types.slice(
      types.indexOf('export interface TelemetryConfig'),
      types.indexOf('export type SessionSource'),
    );
    const options = [...declaration.matchAll(/^ {2}([a-zA-Z]+)\?:/gm)].map(([, name]) => name as string);
    expect(options.length).toBeGreaterThan(25);
    const rows = new Map(
      page
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| /, '')))
        .map(([name, , standard]) => [name?.replaceAll('`', ''), standard ?? '']),
    );
    expect([...rows.keys()].sort()).toEqual([...options].sort());
    for (const [name, value] of Object.entries(DEFAULTS)) expect(rows.get(name)).toContain(`\`${value}\``);
  });

  test('docs/configuration.md and the types name every environment variable that the code reads', () => {
    const source = read('src/config/environment.ts') + read('src/export/recording-dir.ts');
    const variables = new Set(
      [...source.matchAll(/'((?:OTEL|MCP)_[A-Z_]+)'/g)].map(([, name]) => name as string),
    );
    expect(variables.size).toBeGreaterThan(10);
    const page = read('docs/configuration.md');
    for (const name of variables) {
      if (name === 'OTEL_EXPORTER_OTLP_PROTOCOL') continue; // read only to say that it cannot be honoured
      expect(page).toContain(name);
    }
  });

  test('the headings of docs/troubleshooting.md are messages of the code', () => {
    const code = [
      'src/export/export-monitor.ts',
      'src/config/environment.ts',
      'src/config/resolve.ts',
      'src/diagnostics/guard.ts',
      'src/telemetry-manager.ts',
      'src/shutdown/hooks.ts',
      'src/export/providers.ts',
      'src/intercept/observe-server.ts',
      'src/config/validate.ts',
    ]
      .map(read)
      .join('\n')
      .replace(/\$\{[^}]*\}/g, '<>');
    const headings = [...read('docs/troubleshooting.md').matchAll(/^## `(.+)`$/gm)].map(
      ([, text]) => text as string,
    );
    expect(headings.length).toBeGreaterThan(6);
    for (const heading of headings) {
      const pieces = heading.replace(/^TypeError: mcp-sessionscope: /, '').split(/<[^>]*>|…/);
      for (const piece of pieces.map((text) => text.trim()).filter((text) => text.length > 3)) {
        expect(code).toContain(piece.replace(/^[';) ]+|[';(: ]+$/g, ''));
      }
    }
  });

  test('every relative link of the documents leads somewhere', () => {
    for (const page of [
      'README.md',
      'CONTRIBUTING.md',
      ...[
        'architecture',
        'telemetry',
        'configuration',
        'privacy',
        'sessions',
        'migrating',
        'troubleshooting',
      ].map((name) => `docs/${name}.md`),
    ]) {
      for (const [, target] of read(page).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
        expect(() => readFileSync(join(root, page, '..', target as string))).not.toThrow(/ENOENT/);
      }
    }
  });
});
