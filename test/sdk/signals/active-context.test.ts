import { afterEach, expect, test } from '@jest/globals';
import {
  type Context,
  type ContextManager,
  context,
  createContextKey,
  ROOT_CONTEXT,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { registeredApis } from '../../../src/sdk/registered-apis.ts';
import { activeContext, activeValue, runInContext } from '../../../src/sdk/signals/active-context.ts';

const KEY = createContextKey('a value');
const SCOPE = ROOT_CONTEXT.setValue(KEY, 'mine');

/** The value in the context that is handed on, at once and after a wait, and whether the API sees that context. */
async function handedOn(): Promise<[unknown, unknown, boolean]> {
  return runInContext(SCOPE, async () => {
    const atOnce = activeValue(KEY);
    await new Promise(setImmediate);
    return [atOnce, activeContext().getValue(KEY), context.active() === SCOPE];
  });
}

function counting(): { manager: ContextManager; calls: () => number } {
  const manager = new AsyncLocalStorageContextManager().enable();
  let calls = 0;
  const original = manager.with.bind(manager) as ContextManager['with'];
  manager.with = ((scope: Context, ...rest: [never]) => {
    calls += 1;
    return original(scope, ...rest);
  }) as ContextManager['with'];
  return { manager, calls: () => calls };
}

afterEach(() => context.disable());

test('a context is handed on by whichever manager is registered, and by none', async () => {
  expect(await handedOn()).toEqual(['mine', 'mine', false]);
  const first = counting();
  context.setGlobalContextManager(first.manager);
  expect(await handedOn()).toEqual(['mine', 'mine', true]);
  const callsOfFirst = first.calls();
  expect(callsOfFirst).toBeGreaterThan(0);
  context.disable();
  expect(await handedOn()).toEqual(['mine', 'mine', false]);
  const second = counting();
  context.setGlobalContextManager(second.manager);
  expect(await handedOn()).toEqual(['mine', 'mine', true]);
  expect(second.calls()).toBeGreaterThan(0);
  expect(first.calls()).toBe(callsOfFirst);
});

test('a manager that another version of the API has registered is left alone', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  const registry = registeredApis();
  if (registry === undefined) throw new Error('the API keeps what is registered elsewhere');
  const { version, context: own } = registry;
  const foreign = counting();
  try {
    Object.assign(registry, { version: '99.0.0', context: foreign.manager });
    expect(await handedOn()).toEqual(['mine', 'mine', false]);
    expect(foreign.calls()).toBe(0);
  } finally {
    Object.assign(registry, { version, context: own });
  }
});

test('a manager that puts values of its own into each context is used', async () => {
  const { manager, calls } = counting();
  const counted = manager.with.bind(manager);
  const own = createContextKey('its own');
  const wrapping: ContextManager['with'] = (scope, ...rest) => counted(scope.setValue(own, true), ...rest);
  manager.with = wrapping;
  context.setGlobalContextManager(manager);
  expect(await handedOn()).toEqual(['mine', 'mine', false]);
  expect(runInContext(SCOPE, () => context.active().getValue(own))).toBe(true);
  expect(calls()).toBeGreaterThan(1);
});

test('outside of any context there is the root', () => {
  expect(activeContext()).toBe(ROOT_CONTEXT);
  expect(activeValue(KEY)).toBeUndefined();
});
