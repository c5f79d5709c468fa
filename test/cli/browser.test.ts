import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { mayOpenBrowser, openInBrowser } from '../../src/cli/browser.ts';
import { withRecording } from '../explorer/support.ts';

const URL_SHOWN = 'http://127.0.0.1:4319/?a=b&c=d';

describe('the browser may be opened', () => {
  test.each<[boolean, NodeJS.Platform, boolean, Record<string, string>]>([
    [true, 'darwin', true, {}],
    [true, 'win32', true, { CI: 'false' }],
    [true, 'linux', true, { DISPLAY: ':0' }],
    [true, 'linux', true, { WAYLAND_DISPLAY: 'wayland-0', CI: '' }],
    [false, 'linux', true, {}],
    [false, 'darwin', false, {}],
    [false, 'darwin', true, { CI: 'true' }],
    [false, 'win32', true, { CI: '1' }],
  ])('%p: on %s, terminal %p, with %j', (expected, platform, isTTY, env) => {
    expect(mayOpenBrowser({ isTTY, env }, platform)).toBe(expected);
  });
});

describe('opening the browser', () => {
  test.each<[NodeJS.Platform, string, string]>([
    ['linux', 'xdg-open', URL_SHOWN],
    ['darwin', 'open', URL_SHOWN],
    ['win32', 'cmd', `/c start "" ${URL_SHOWN.replace('&', '^&')}`],
  ])('on %s asks %s', async (platform, command, expected) => {
    await withRecording({}, async (dir) => {
      const said = join(dir, 'said');
      writeFileSync(
        join(dir, command),
        `#!/bin/sh\necho "$@" > "${said}.part"\n/bin/mv "${said}.part" "${said}"\n`,
      );
      chmodSync(join(dir, command), 0o755);
      openInBrowser(URL_SHOWN, platform, { PATH: dir });
      while (!existsSync(said)) await setImmediate();
      expect(readFileSync(said, 'utf8').trim()).toBe(expected);
    });
  });

  test('does nothing where there is none', async () => {
    await withRecording({}, async (dir) => {
      expect(() => openInBrowser(URL_SHOWN, 'linux', { PATH: dir })).not.toThrow();
      for (let turns = 0; turns < 20; turns += 1) await setImmediate();
    });
  });
});
