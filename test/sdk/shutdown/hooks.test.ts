import { afterEach, describe, expect, test } from '@jest/globals';
import { installShutdownHooks } from '../../../src/sdk/shutdown/hooks.ts';
import type { ShutdownHookOptions } from '../../../src/sdk/shutdown/options.ts';
import { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';

const EVENTS = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'uncaughtException',
  'uncaughtExceptionMonitor',
  'unhandledRejection',
  'beforeExit',
  'exit',
];

const counts = (): Record<string, number> =>
  Object.fromEntries(EVENTS.map((event) => [event, process.listenerCount(event)]));
const NONE = counts();

/** How many listeners there are more than without hooks. */
function added(): Record<string, number> {
  const now = Object.entries(counts()).map(([event, count]) => [event, count - (NONE[event] ?? 0)] as const);
  return Object.fromEntries(now.filter(([, count]) => count !== 0));
}

const removals: (() => void)[] = [];
const managers: TelemetryManager[] = [];

function install(options?: ShutdownHookOptions, telemetry = new TelemetryManager({ exporterType: 'none' })) {
  managers.push(telemetry);
  const remove = installShutdownHooks(telemetry, options);
  removals.push(remove);
  return { telemetry, remove };
}

afterEach(async () => {
  for (const remove of removals.splice(0)) remove();
  await Promise.all(managers.splice(0).map((telemetry) => telemetry.shutdown()));
  expect(added()).toEqual({});
});

const ALL = { SIGINT: 1, SIGTERM: 1, uncaughtExceptionMonitor: 1, beforeExit: 1 };

describe('the listeners of the hooks', () => {
  test('are one for each event', () => {
    install();
    expect(added()).toEqual(ALL);
  });

  test('do not pile up with managers', () => {
    for (let i = 0; i < 20; i += 1) install();
    expect(added()).toEqual(ALL);
  });

  test('do not pile up where one manager is given hooks again; the newest options hold', () => {
    const { telemetry } = install();
    install({ signals: ['SIGHUP'], exceptions: false }, telemetry);
    expect(added()).toEqual({ SIGHUP: 1, beforeExit: 1 });
  });

  test('are those that some manager asks for', () => {
    install({ signals: [], exceptions: false });
    expect(added()).toEqual({ beforeExit: 1 });
    install({ signals: ['SIGHUP'] });
    expect(added()).toEqual({ SIGHUP: 1, uncaughtExceptionMonitor: 1, beforeExit: 1 });
  });

  test('go with the last hooks that are removed', () => {
    const first = install();
    const second = install();
    first.remove();
    first.remove();
    expect(added()).toEqual(ALL);
    second.remove();
    expect(added()).toEqual({});
  });

  test('of a removed call do not take those of a later one with them', () => {
    const { telemetry, remove } = install();
    install({}, telemetry);
    remove();
    expect(added()).toEqual(ALL);
  });
});

describe('the exit listener of the managers', () => {
  test('is one, whatever their number, and goes with the last shutdown', async () => {
    const many = Array.from({ length: 20 }, () => new TelemetryManager({ exporterType: 'none' }));
    expect(added()).toEqual({});
    for (const { tracer } of many) expect(tracer).toBeDefined();
    expect(added()).toEqual({ exit: 1 });
    await Promise.all(many.map((telemetry) => telemetry.shutdown()));
    expect(added()).toEqual({});
  });

  test('is not there for a manager that was only offered what is no server', () => {
    const telemetry = new TelemetryManager({ exporterType: 'none' });
    expect(() => telemetry.instrument({})).toThrow(TypeError);
    expect(added()).toEqual({});
  });
});
