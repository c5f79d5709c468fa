import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import manifest from '../../package.json';
import { DEFAULTS } from '../../src/sdk/config/defaults.ts';
import * as semconv from '../../src/sdk/signals/semconv.ts';
import { runCli } from '../cli/support.ts';
import { WEATHER } from '../explorer/support.ts';

const root = join(__dirname, '../..');
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'examples/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the documents say what the code does', () => {
  test('docs/telemetry.md names every attribute, metric, span and value, and no other', () => {
    const page = read('docs/telemetry.md');
    const emitted = Object.values(semconv).filter((value) => typeof value === 'string');
    for (const name of emitted) expect(page).toContain(name);
    // What the conventions have and this package has not is named there too; another test holds that table.
    const ours = page.replace(/^## The conventions$.*?(?=^## )/ms, '');
    const named = [
      ...ours.matchAll(/`((?:mcp|gen_ai|jsonrpc|network|client|user_agent|enduser|rpc)\.[a-z_.]+)`/g),
    ];
    for (const [, name] of named) expect(emitted).toContain(name);
  });

  test('docs/configuration.md has a row for every option, with its default', () => {
    const page = read('docs/configuration.md');
    const types = read('src/sdk/types.ts');
    const declaration = types.slice(
      types.indexOf('export interface TelemetryConfig'),
      types.indexOf('export type SessionSource'),
    );
    const hooks = read('src/sdk/shutdown/options.ts');
    const ofHooks = hooks.slice(
      hooks.indexOf('export interface ShutdownHookOptions'),
      hooks.indexOf('const RULES'),
    );
    const options = [...(declaration + ofHooks).matchAll(/^ {2}([a-zA-Z]+)\?:/gm)].map(
      ([, name]) => name as string,
    );
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

  test('docs/configuration.md names every environment variable that the code reads', () => {
    const source = ['config/environment.ts', 'config/variables.ts', 'export/recording-dir.ts']
      .map((path) => read(`src/sdk/${path}`))
      .join('');
    const variables = new Set(
      [...source.matchAll(/'((?:OTEL|MCP)_[A-Z_]+)'/g)].map(([, name]) => name as string),
    );
    expect(variables.size).toBeGreaterThan(10);
    const page = read('docs/configuration.md');
    for (const name of variables) expect(page).toContain(`\`${name}\``);
  });

  test('the headings of docs/troubleshooting.md are messages of the code', () => {
    const code = [
      'src/sdk/session-ids.ts',
      'src/sdk/export/export-monitor.ts',
      'src/sdk/export/expressible-spans.ts',
      'src/sdk/export/old-recordings.ts',
      'src/sdk/signals/finite-meter.ts',
      'src/register/bun.ts',
      'src/register/main.cts',
      'src/sdk/config/environment.ts',
      'src/sdk/config/variables.ts',
      'src/sdk/config/resolve.ts',
      'src/sdk/diagnostics/guard.ts',
      'src/sdk/telemetry-manager.ts',
      'src/sdk/shared-managers.ts',
      'src/sdk/export/exit-delivery.ts',
      'src/sdk/export/spool.ts',
      'src/sdk/shutdown/ending.ts',
      'src/sdk/shutdown/hooks.ts',
      'src/sdk/shutdown/options.ts',
      'src/sdk/export/choose-providers.ts',
      'src/sdk/export/global-providers.ts',
      'src/sdk/export/api-registry.ts',
      'src/sdk/intercept/observe.ts',
      'src/sdk/intercept/observe-transport.ts',
      'src/sdk/intercept/callbacks.ts',
      'src/instrumentation/config.ts',
      'src/sdk/config/validate.ts',
      'src/proxy/http/exchange.ts',
      'src/proxy/http/refusals.ts',
      'src/proxy/stdio/recorder.ts',
      'src/proxy/stdio/run.ts',
      'src/proxy/stdio/child.ts',
      'src/cli/commands/ui.ts',
      'src/explorer/server/start.ts',
      'src/explorer/server/listen.ts',
      'src/explorer/server/access.ts',
      'src/explorer/server/demo.ts',
      'src/explorer/server/retention.ts',
      'src/explorer/receiver/keeper.ts',
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

  test('docs/command.md has a row for every option and every field of the command', async () => {
    const page = read('docs/command.md');
    const help = await runCli(['sessions', '--help']);
    const options = new Set([...help.stdout.matchAll(/--[a-z-]+/g)].map(([name]) => name));
    expect(options.size).toBeGreaterThan(10);
    for (const option of options) expect(page).toMatch(new RegExp(`^\\| .*${option}[ \`]`, 'm'));
    const { session, events } = JSON.parse(
      (await runCli(['sessions', WEATHER, '--session', '3f2a9c1b-6d1e', '--json'])).stdout,
    );
    for (const field of [...Object.keys(session), ...Object.keys(events[0])]) {
      expect(page).toMatch(new RegExp(`^\\| .*\`${field}\``, 'm'));
    }
  });

  test('every relative link leads somewhere; in the package too, unless it is said to lead into the repository', () => {
    const published = [...manifest.files, 'README.md', 'LICENSE'];
    const isIn = (path: string, each: string): boolean => path === each || path.startsWith(`${each}/`);
    const isPublished = (path: string): boolean =>
      published.some((each) => isIn(path, each)) && !published.some((each) => isIn(`!${path}`, each));
    for (const page of PAGES) {
      for (const paragraph of read(page).split(/\n\n+/)) {
        for (const [, target] of paragraph.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
          const path = join(dirname(page), target as string);
          expect({ page, path, exists: existsSync(join(root, path)) }).toMatchObject({ exists: true });
          if (isPublished(page) && !isPublished(path)) expect(paragraph).toMatch(/in the repository/i);
        }
      }
    }
  });
});
