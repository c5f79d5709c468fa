import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { goEnvironment, requireGo } from '../../../tools/stack/go.ts';
import { cacheFolder, installFolder } from '../../../tools/stack/places.ts';
import {
  COLLECTOR_MANIFEST,
  parseVersions,
  readVersions,
  VERSIONS_FILE,
} from '../../../tools/stack/versions.ts';

const text = readFileSync(VERSIONS_FILE, 'utf8');
const versions = readVersions();

describe('the file of versions', () => {
  test('gives a version for every part', () => {
    expect(Object.keys(versions)).toContain('CLICKHOUSE_VERSION');
    for (const version of Object.values(versions)) expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('is refused with a line that is no version, an unknown name, a name twice or a name missing', () => {
    expect(() => parseVersions(`${text}\nJAEGER_VERSION=latest`)).toThrow(
      'no version: JAEGER_VERSION=latest',
    );
    expect(() => parseVersions(`${text}\nLOKI_VERSION=1.0.0`)).toThrow('LOKI_VERSION');
    expect(() => parseVersions(`${text}\nJAEGER_VERSION=1.0.0`)).toThrow('JAEGER_VERSION is given twice');
    expect(() => parseVersions(text.replace(/^JAEGER_VERSION=.*$/m, ''))).toThrow('JAEGER_VERSION');
  });

  test('agrees with what the Collector is made of', () => {
    const { dist, replaces: _, ...parts } = parse(readFileSync(COLLECTOR_MANIFEST, 'utf8'));
    const modules = Object.values(parts).flat() as { gomod: string }[];
    expect(modules.length).toBeGreaterThan(10);
    expect(dist.version).toBe(versions.COLLECTOR_VERSION);
    for (const { gomod } of modules) {
      const isStable = gomod.includes('/confmap/provider/');
      const version = isStable ? versions.COLLECTOR_STABLE_VERSION : versions.COLLECTOR_VERSION;
      expect(gomod.split(' ')[1]).toBe(`v${version}`);
    }
  });

  test('says that Prometheus 3.x is the module 0.3xx', () => {
    const [major, minor, patch] = versions.PROMETHEUS_VERSION.split('.').map(Number);
    expect(versions.PROMETHEUS_MODULE_VERSION).toBe(`0.${major! * 100 + minor!}.${patch}`);
  });
});

describe('the folder of built programs', () => {
  test('is below XDG_CACHE_HOME, or below the home folder where that is no absolute path', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/cache' })).toBe('/cache/mcp-sessionscope/stack');
    expect(cacheFolder({ XDG_CACHE_HOME: 'cache' })).toBe(cacheFolder({}));
  });

  test('is named by what is built and how', () => {
    expect(installFolder({ XDG_CACHE_HOME: '/cache' })).toMatch(
      /^\/cache\/mcp-sessionscope\/stack\/[\da-f]{12}$/,
    );
  });
});

describe('Go', () => {
  test.each(['go1.26.0', 'go1.26.8', 'go1.27rc1', 'go2.0'])('is new enough as %s', (told) => {
    expect(() => requireGo(told, '1.26.0')).not.toThrow();
  });

  test('is refused when it is too old or missing, with what to do', () => {
    expect(() => requireGo('go1.25.9\n', '1.26.0')).toThrow(
      'Go 1.26.0 or newer is needed to build the stack, here is go1.25.9.',
    );
    expect(() => requireGo(undefined, '1.26.0')).toThrow('Go is missing');
  });

  test('keeps the flags of the user and adds those of the build, once', () => {
    const { GOFLAGS, CGO_ENABLED, GOTOOLCHAIN } = goEnvironment({ GOFLAGS: '-trimpath -mod=mod -v' });
    expect([GOFLAGS, CGO_ENABLED, GOTOOLCHAIN]).toEqual(['-trimpath -v -buildvcs=false', '0', 'local']);
  });
});
