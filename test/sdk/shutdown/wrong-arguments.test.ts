import { afterAll, describe, expect, test } from '@jest/globals';
import { installShutdownHooks } from '../../../src/sdk/shutdown/hooks.ts';
import { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import { stderrOf } from '../../support/stderr.ts';

const EVENTS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException', 'beforeExit'];
const listeners = () => EVENTS.map((event) => process.listenerCount(event));
const NONE = listeners();

const manager = new TelemetryManager({ exporterType: 'none' });
afterAll(() => manager.shutdown());

function install(telemetry: unknown, options?: unknown): () => void {
  return installShutdownHooks(telemetry as TelemetryManager, options as object);
}

const SIGNALS = "signals must be an array of signals that can be listened to, such as 'SIGTERM'";
const CODE = "signalExitCode must be a whole number from 0 to 255 or 'signal'";

describe('what is refused, with nothing installed', () => {
  test.each<[wrong: unknown, shown: string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    ['telemetry', "'telemetry'"],
    [{ shutdown: async () => {} }, 'an object'],
    [Promise.resolve(manager), 'an object'],
  ])('%p instead of a manager', (wrong, shown) => {
    expect(() => install(wrong)).toThrow(
      new TypeError(`mcp-sessionscope: telemetry must be a TelemetryManager, got ${shown}`),
    );
    expect(listeners()).toEqual(NONE);
  });

  test.each<[options: unknown, message: string]>([
    ['SIGTERM', "options must be an object, got 'SIGTERM'"],
    [{ signals: ['SIGTERM', 'SIGKILL'] }, `${SIGNALS}, got ['SIGTERM', 'SIGKILL']`],
    [{ signals: ['SIGSTOP'] }, `${SIGNALS}, got ['SIGSTOP']`],
    [{ signals: ['sigterm'] }, `${SIGNALS}, got ['sigterm']`],
    [{ signals: [15] }, `${SIGNALS}, got [15]`],
    [{ signals: 'SIGTERM' }, `${SIGNALS}, got 'SIGTERM'`],
    [{ signalExitCode: 256 }, `${CODE}, got 256`],
    [{ signalExitCode: 1.5 }, `${CODE}, got 1.5`],
    [{ signalExitCode: '1' }, `${CODE}, got '1'`],
    [{ beforeExit: true }, 'beforeExit must be a function, got true'],
    [
      { stdin: 0, exceptions: 'no' },
      "stdin must be true or false, got 0; exceptions must be true or false, got 'no'",
    ],
  ])('the options %p', (options, message) => {
    expect(() => install(manager, options)).toThrow(new TypeError(`mcp-sessionscope: ${message}`));
    expect(listeners()).toEqual(NONE);
  });
});

test('an option that does not exist is ignored with a line on stderr', async () => {
  const said = await stderrOf(async () => install(manager, { signal: ['SIGHUP'], stdin: false })());
  expect(said).toBe(
    "mcp-sessionscope: unknown option 'signal' of installShutdownHooks is ignored; did you mean 'signals'?\n",
  );
});

test('options that are undefined, and the signals of other platforms, are taken', () => {
  const options = { signals: ['SIGBREAK', 'SIGQUIT'], signalExitCode: undefined, beforeExit: undefined };
  const remove = install(manager, options);
  expect(process.listenerCount('SIGQUIT')).toBe(1);
  remove();
  expect(listeners()).toEqual(NONE);
});

test('a manager of another copy of the package is taken', () => {
  const copy = { instrument() {}, startActiveSpan() {}, async forceFlush() {}, async shutdown() {} };
  install(copy)();
});
